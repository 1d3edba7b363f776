# shellcheck shell=bash
# Sourced by deploy/container/try and deploy/compose/try: images of programs that are built already, run without a container engine.
# Uses ROOT, WORK.

# Prints the folder that holds these programs: the one that was given, or where a build leaves them.
programs_folder() {
    local folder target=${CARGO_TARGET_DIR:-$ROOT/target} program
    for folder in "${1:-$target/release}" "${1:-$target/debug}"; do
        for program in broker mock-vneid; do [ -x "$folder/$program" ] || continue 2; done
        (cd "$folder" && pwd)
        return
    done
    die "there are no programs: run cargo build -p broker -p mock-vneid, or name the folder that holds them"
}

ours() {
    buildah --root "$WORK/storage" --runroot "$WORK/runroot" --storage-driver vfs "$@"
}

# build_image PROGRAM-FILE: the final stage of the Dockerfile, from a program that is built already; leaves the image's root at
# $WORK/PROGRAM.root. No registry of images is asked: that stage begins from nothing.
build_image() {
    local name
    name=$(basename "$1")
    mkdir -p "$WORK/$name.context"
    "$ROOT/deploy/container/gather" "$1" "$WORK/$name.context/image" || die "the root of $name's image could not be laid out"
    # The stage from its FROM on, with what the build stage would have gathered taken from the context.
    awk -v stage="^FROM scratch AS $name\$" '/^FROM /{ on = ($0 ~ stage) } on' "$ROOT/deploy/container/Dockerfile" |
        sed "s#^COPY --from=build-$name /image/ /\$#COPY image/ /#" >"$WORK/$name.Dockerfile"
    ours bud --quiet --isolation chroot --format docker -f "$WORK/$name.Dockerfile" -t "$name" "$WORK/$name.context" >/dev/null ||
        die "the image of $name could not be built"
    ours from --quiet --name "$name-try" "$name" >/dev/null
    # Out of the engine's own folders, which only root may enter.
    cp -a "$(ours mount "$name-try")" "$WORK/$name.root"
}

# in_image PROGRAM [OPTION…] -- WORD…: runs the image's program as its user, on a root that cannot be written to, without any capability.
# The options are bubblewrap's. Whoever is not wanted any more is ended by the end of this shell.
in_image() {
    local name=$1 options=() top
    shift
    # As an engine does it: the image's folders, what is mounted beside them, and then nothing more can be written.
    for top in "$WORK/$name.root"/*; do options+=(--ro-bind "$top" "/${top##*/}"); done
    while [ "$1" != -- ]; do options+=("$1") && shift; done
    shift
    exec setpriv --reuid 65532 --regid 65532 --clear-groups --no-new-privs \
        bwrap --tmpfs / --proc /proc --dev /dev --unshare-user --unshare-pid --die-with-parent \
        --cap-drop ALL --clearenv --setenv BROKER_CONFIG /etc/broker/broker.toml "${options[@]}" --remount-ro / -- "/usr/bin/$name" "$@"
}
