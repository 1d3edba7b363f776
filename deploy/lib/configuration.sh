# shellcheck shell=bash
# Sourced by deploy/demo: secrets, certificate, configuration, and how each program is called. Uses STATE, BUILT, ISSUER.

# shellcheck disable=SC2034 # read by deploy/demo
MOCK_HEALTH=http://localhost:8090/health
# shellcheck disable=SC2034
BROKER_HEALTH=http://localhost:8081/health/ready

# make_secret FILE: 256 random bits as hexadecimal, once.
make_secret() {
    [ -s "$STATE/$1" ] || (umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$STATE/$1")
}

prepare_secrets() {
    make_secret vneid.secret
    make_secret sms.token
    make_secret population.secret
    make_secret postgres.password
    make_secret redis.password
    if [ "$DIALECT" = sealed ] && ! [ -s "$STATE/vneid.key" ]; then
        (umask 077 && openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$STATE/vneid.key") ||
            die "the key that VNeID seals to could not be made"
    fi
    [ -s "$STATE/secrets.toml" ] || "$BUILT/broker" secrets generate --out "$STATE/secrets.toml" >/dev/null ||
        die "the broker's secrets could not be made"
}

# A certificate for localhost from an authority of the demo's own; made anew a month before it ends.
prepare_certificate() {
    local tls=$STATE/tls
    mkdir -p "$tls"
    chmod 700 "$tls"
    if [ -e "$tls/localhost.crt" ] && openssl x509 -in "$tls/localhost.crt" -noout -checkend 2592000 >/dev/null; then return; fi
    (
        cd "$tls"
        umask 077
        openssl ecparam -name prime256v1 -genkey -noout -out ca.key
        openssl req -x509 -new -key ca.key -sha256 -days 3650 -out ca.crt -subj '/CN=Demo authority of this machine' \
            -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
            -addext 'nameConstraints=critical,permitted;DNS:localhost,permitted;IP:127.0.0.0/255.0.0.0,permitted;IP:0:0:0:0:0:0:0:1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF'
        openssl ecparam -name prime256v1 -genkey -noout -out localhost.key
        openssl req -new -key localhost.key -subj '/CN=localhost' -out localhost.csr
        printf '%s\n' 'basicConstraints=critical,CA:FALSE' 'keyUsage=critical,digitalSignature' 'extendedKeyUsage=serverAuth' \
            'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1' >extensions
        openssl x509 -req -in localhost.csr -CA ca.crt -CAkey ca.key -CAcreateserial -sha256 -days 397 -extfile extensions -out localhost.crt
        rm -f localhost.csr extensions
    ) >>"$LOG/tls.log" 2>&1 || {
        show_log tls
        die "the certificate could not be made"
    }
}

# The broker's configuration, made anew at each start from the options.
write_configuration() {
    local lasting=sqlite:broker.db expiring=memory: tls='' upstream
    if [ "$STORES" = production ]; then
        lasting="postgres://broker:$(cat "$STATE/postgres.password")@127.0.0.1:$(cat "$STATE/postgres.port")/broker"
        expiring="redis://:$(cat "$STATE/redis.password")@127.0.0.1:$(cat "$STATE/redis.port")"
    fi
    if [ "$TLS" = yes ]; then
        tls=$'\n[tls]\ncertificate = "tls/localhost.crt"\nprivate_key = "tls/localhost.key"\n'
    fi
    if [ "$DIALECT" = oidc ]; then
        upstream='issuer = "http://localhost:8090/oidc"'
    else
        upstream='issuer = "http://localhost:8090/sealed"
authorization_endpoint = "http://localhost:8090/sealed/authorize"
token_endpoint = "http://localhost:8090/sealed/token"
userinfo_endpoint = "http://localhost:8090/sealed/userinfo"
private_key_file = "vneid.key"'
    fi
    (
        umask 077
        cat >"$STATE/broker.toml.new" <<END
# Written by deploy/demo at each start. Paths are relative to this folder.
issuer = "$ISSUER"

[listen]
address = "127.0.0.1:$PUBLIC_PORT"

[admin]
address = "127.0.0.1:8081"
$tls
[stores]
lasting = "$lasting"
expiring = "$expiring"
migrate_at_start = true

[secrets]
file = "secrets.toml"

[clients]
files = ["$ROOT/config/demo/clients/*.json"]

[logout]
private_hosts_allowed = ["localhost"]

[[upstreams]]
id = "vneid"
dialect = "$DIALECT"
client_id = "vneid-broker"
client_secret_file = "vneid.secret"
$upstream

[[namespaces]]
id = "cong-dvcqg"
name_vi = "Cổng Dịch vụ công quốc gia"
name_en = "National Public Service Portal"
method = "national"

[[namespaces]]
id = "vnpost"
name_vi = "Bưu điện Việt Nam"
name_en = "Vietnam Post"
method = "vnpost"
not_for = ["administrator"]

[[namespaces]]
id = "cong-binhduong"
name_vi = "Cổng Dịch vụ công tỉnh Bình Dương"
name_en = "Binh Duong provincial portal"

[sms]
gateway = "http://localhost:8090/sms"
token_file = "sms.token"
sender = "DICHVUCONG"

[population]
endpoint = "http://localhost:8090/population/match"
client_id = "broker"
client_secret_file = "population.secret"
END
    )
    mv "$STATE/broker.toml.new" "$STATE/broker.toml"
    "$BUILT/broker" --config "$STATE/broker.toml" config check >/dev/null || die "the configuration does not stand"
}

start_broker() {
    start broker "$BUILT/broker" --config "$STATE/broker.toml" serve
}

# start_portal NAME PORT CLIENT_ID OPTIONS…: a sample portal, with the secret of its registration.
start_portal() {
    local name=$1 port=$2 client=$3 ca=()
    shift 3
    [ "$TLS" = no ] || ca=(--ca-file "$STATE/tls/ca.crt")
    start "$name" env PORTAL_CLIENT_SECRET="demo-secret-${client#cong-}-for-localhost-only" \
        PORTAL_EVENTS_TOKEN="demo-events-${client#cong-}-for-localhost-only" "$BUILT/examples/portal" \
        --listen "127.0.0.1:$port" --base-url "http://localhost:$port" --issuer "$ISSUER" --client-id "$client" "${ca[@]}" "$@"
}

start_portals() {
    start_portal portal-dvcqg 8001 cong-dvcqg --accent '#a6402a' \
        --dossiers "$ROOT/config/demo/dossiers/cong-dvcqg.json" --state "$STATE/dossiers-cong-dvcqg.json" \
        --name-vi 'Cổng Dịch vụ công quốc gia' --name-en 'National Public Service Portal'
    start_portal portal-binhduong 8002 cong-binhduong --accent '#1f5aa6' \
        --dossiers "$ROOT/config/demo/dossiers/cong-binhduong.json" --state "$STATE/dossiers-cong-binhduong.json" \
        --name-vi 'Cổng Dịch vụ công tỉnh Bình Dương' --name-en 'Binh Duong provincial portal'
    start_portal portal-bocongan 8003 cong-bocongan --accent '#2f6b3a' --legacy --scope openid --redirect-path /sso/callback \
        --name-vi 'Cổng Dịch vụ công Bộ Công an' --name-en 'Ministry of Public Security portal'
}

start_mock_vneid() {
    local key='' encrypt=false
    if [ "$DIALECT" = sealed ]; then
        # As JSON: each line end as \n.
        key=$(openssl pkey -in "$STATE/vneid.key" -pubout | awk '{ printf "%s\\n", $0 }')
        key=", \"public_key\": \"$key\""
        encrypt=true
    fi
    (
        umask 077
        cat >"$STATE/vneid.json" <<END
{
  "clients": [
    {
      "client_id": "vneid-broker",
      "client_secret": "$(cat "$STATE/vneid.secret")",
      "redirect_uris": ["$ISSUER/callback/vneid"],
      "encrypt_code": $encrypt$key
    }
  ],
  "population_client": ["broker", "$(cat "$STATE/population.secret")"],
  "sms_token": "$(cat "$STATE/sms.token")"
}
END
    )
    start mock-vneid "$BUILT/mock-vneid" --listen 127.0.0.1:8090 --base-url http://localhost:8090 --config "$STATE/vneid.json"
}

# The accounts that portals had created before VNeID. The same files a second time change nothing.
# import_file FILE NAMESPACE
import_file() {
    "$BUILT/broker" --config "$STATE/broker.toml" accounts import "$1" --namespace "$2" \
        --report "$STATE/import-$2.csv" >>"$STATE/log/import.log" 2>&1 ||
        die "the accounts of $2 could not be imported: see .demo/log/import.log"
}

# One account of the demo is linked to somebody else already: to a man who signed in before its portal changed the number in it.
give_one_away() {
    [ ! -e "$STATE/given-away" ] || return 0
    # Never the end of the demo: without it one row of the table would say something else.
    if sign_in_who_has_it >>"$LOG/import.log" 2>&1 && somebody_has dvcqg-1009; then
        touch "$STATE/given-away"
    else
        say "The account dvcqg-1009, which should be linked to somebody else, is not: see .demo/log/import.log"
    fi
    rm -f "$STATE"/given-away.*
}

somebody_has() {
    local shown
    shown=$("$BUILT/broker" --config "$STATE/broker.toml" accounts show --namespace cong-dvcqg "$1" 2>>"$LOG/import.log") &&
        [[ $shown == *'"link":{'* ]]
}

sign_in_who_has_it() {
    local jar=$STATE/given-away.cookies page=$STATE/given-away.html ca=() choice token signin
    [ "$TLS" = no ] || ca=(--cacert "$STATE/tls/ca.crt")
    ask() { curl --silent --show-error --noproxy '*' --max-time 20 "${ca[@]}" --cookie "$jar" --cookie-jar "$jar" "$@"; }
    # first ATTRIBUTE REGULAR-EXPRESSION: the value of the first such attribute of the page.
    first() { grep -o "$1=\"$2\"" "$page" | head -n 1 | cut -d '"' -f 2; }
    printf '%s\n' '{"tech_id": "dvcqg-1009", "kind": "citizen", "personal_number": "001079000010", "personal_number_mark": "green", "full_name": "TRẦN VĂN LÂM", "full_name_mark": "green", "birth_date": "1979-04-02", "birth_date_mark": "green"}' >"$STATE/given-away.jsonl"
    ask --fail --output /dev/null --header 'Content-Type: application/json' \
        --data '{"personal_number": "001079000010", "full_name": "TRẦN VĂN LÂM", "birth_date": "1979-04-02", "gender": "Nam", "phone": "0912000079"}' \
        http://localhost:8090/control/citizens || return 1
    import_file "$STATE/given-away.jsonl" cong-dvcqg
    ask --fail --location --output "$page" \
        "$ISSUER/oauth2/authorize?response_type=code&client_id=demo-rp&redirect_uri=http%3A%2F%2Flocalhost%3A9999%2Fcallback&scope=openid" || return 1
    choice=$(first action '/login/[^/"]*/choose') && token=$(first value '[0-9]*\.[^"]*') || return 1
    # To a form's post, curl answers the 303 by GET.
    ask --fail --location --output "$page" --data method=vneid --data-urlencode "form_token=$token" "$ISSUER$choice" || return 1
    signin=http://localhost:8090$(first action '/signin/[^/"]*') || return 1
    ask --fail --location --output "$page" --data username=001079000010 --data-urlencode password=Demo@1234 "$signin" || return 1
    # The way back leads to the broker, and from there to a portal that nobody serves.
    ask --location --output /dev/null --data otp=000000 "$signin/otp" || true
}

import_accounts() {
    local file name
    give_one_away
    for file in "$ROOT"/config/demo/accounts/*.jsonl; do
        name=$(basename "$file" .jsonl)
        import_file "$file" "$name"
    done
}
