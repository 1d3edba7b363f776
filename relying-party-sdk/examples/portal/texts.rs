//! Every text of the sample portal, in Vietnamese and English.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// The name of the cookie that remembers the language; it is no secret and all samples on one host share it.
pub(crate) const COOKIE_NAME: &str = "portal_language";

/// The texts of one language.
pub(crate) struct Texts {
    pub(crate) lang: &'static str,
    pub(crate) other_lang: &'static str,
    pub(crate) other_lang_name: &'static str,
    pub(crate) skip: &'static str,
    pub(crate) sample: &'static str,
    pub(crate) footer: &'static str,
    pub(crate) signed_out: &'static str,
    pub(crate) why_sign_in: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) sign_out: &'static str,
    pub(crate) hello: &'static str,
    pub(crate) nameless: &'static str,
    pub(crate) full_name: &'static str,
    pub(crate) subject: &'static str,
    pub(crate) level: &'static str,
    pub(crate) levels: [&'static str; 4],
    pub(crate) level_unknown: &'static str,
    pub(crate) level3: &'static str,
    pub(crate) level3_title: &'static str,
    pub(crate) level3_reached: &'static str,
    pub(crate) level3_nothing_sent: &'static str,
    pub(crate) level3_refused: (&'static str, &'static str),
    pub(crate) dossiers: &'static str,
    pub(crate) dossier_number: &'static str,
    pub(crate) dossier_title: &'static str,
    pub(crate) handed_in: &'static str,
    pub(crate) no_dossiers: &'static str,
    pub(crate) dossiers_moved: &'static str,
    pub(crate) moved_from: &'static str,
    pub(crate) claims: &'static str,
    pub(crate) claim: &'static str,
    pub(crate) value: &'static str,
    pub(crate) mark: &'static str,
    pub(crate) verified: &'static str,
    pub(crate) self_declared: &'static str,
    pub(crate) missing: &'static str,
    pub(crate) yes: &'static str,
    pub(crate) no: &'static str,
    pub(crate) male: &'static str,
    pub(crate) female: &'static str,
    pub(crate) citizen: &'static str,
    pub(crate) organization: &'static str,
    pub(crate) home: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) cancelled: (&'static str, &'static str),
    pub(crate) start_again: (&'static str, &'static str),
    pub(crate) try_later: (&'static str, &'static str),
    pub(crate) not_signed_in: (&'static str, &'static str),
    pub(crate) broken: (&'static str, &'static str),
    pub(crate) not_found: (&'static str, &'static str),
}

static VIETNAMESE: Texts = Texts {
    lang: "vi",
    other_lang: "en",
    other_lang_name: "English",
    skip: "Đến nội dung chính",
    sample: "Cổng mẫu – dùng để thử nghiệm",
    footer: "Đây là cổng mẫu dùng để thử nghiệm đăng nhập, không tiếp nhận hồ sơ thật.",
    signed_out: "Ông/Bà chưa đăng nhập.",
    why_sign_in: "Đăng nhập để nộp hồ sơ và theo dõi kết quả giải quyết thủ tục hành chính.",
    sign_in: "Đăng nhập",
    sign_out: "Đăng xuất",
    hello: "Xin chào,",
    nameless: "(chưa có họ và tên)",
    full_name: "Họ và tên",
    subject: "Mã định danh của Ông/Bà tại cổng này",
    level: "Mức độ xác thực của lần đăng nhập này",
    levels: [
        "(mức 1: một yếu tố xác thực)",
        "(mức 2: hai yếu tố xác thực khác nhau)",
        "(mức 3: từ hai yếu tố trở lên, có một yếu tố sinh trắc học)",
        "(mức 4: có yếu tố sinh trắc học, yếu tố sở hữu và yếu tố hiểu biết)",
    ],
    level_unknown: "không rõ",
    level3: "Nộp hồ sơ cần mức 3",
    level3_title: "Nộp hồ sơ cần mức 3",
    level3_reached: "Ông/Bà đã đạt mức xác thực cần thiết để nộp hồ sơ này.",
    level3_nothing_sent: "Đây là cổng mẫu nên không có hồ sơ nào được gửi đi.",
    level3_refused: (
        "Chưa đạt mức xác thực 3",
        "Hồ sơ này cần mức xác thực 3 (có yếu tố sinh trắc học), nhưng lần đăng nhập vừa rồi chưa đạt mức đó. Nếu đã đăng \
         nhập từ trước, Ông/Bà vẫn đang đăng nhập và vẫn dùng được các dịch vụ khác.",
    ),
    dossiers: "Hồ sơ của Ông/Bà tại cổng này",
    dossier_number: "Mã hồ sơ",
    dossier_title: "Thủ tục hành chính",
    handed_in: "Ngày nộp",
    no_dossiers: "Ông/Bà chưa có hồ sơ nào tại cổng này.",
    dossiers_moved: "Hồ sơ cũ đã được chuyển sang tài khoản định danh điện tử của Ông/Bà.",
    moved_from: "Chuyển từ tài khoản cũ",
    claims: "Thông tin cổng này nhận được về Ông/Bà",
    claim: "Thông tin",
    value: "Giá trị",
    mark: "Tình trạng",
    verified: "Đã xác minh",
    self_declared: "Tự khai, chưa xác minh",
    missing: "Chưa có dữ liệu",
    yes: "Có",
    no: "Không",
    male: "Nam",
    female: "Nữ",
    citizen: "Công dân",
    organization: "Tổ chức",
    home: "Về trang chủ",
    reason: "Mã lý do:",
    cancelled: (
        "Đã dừng đăng nhập",
        "Ông/Bà đã dừng đăng nhập hoặc không đồng ý chia sẻ thông tin. Ông/Bà có thể đăng nhập lại bất cứ lúc nào.",
    ),
    start_again: (
        "Vui lòng đăng nhập lại",
        "Lần đăng nhập này không còn hiệu lực hoặc đã được dùng. Vui lòng đăng nhập lại từ đầu.",
    ),
    try_later: ("Chưa kết nối được hệ thống đăng nhập", "Vui lòng thử lại sau ít phút."),
    not_signed_in: ("Vui lòng đăng nhập", "Trang này chỉ dành cho người đã đăng nhập."),
    broken: (
        "Không đăng nhập được",
        "Có lỗi giữa cổng này và hệ thống đăng nhập. Vui lòng thử lại; nếu vẫn lỗi, vui lòng báo cho đơn vị quản lý cổng.",
    ),
    not_found: ("Không tìm thấy trang", "Địa chỉ này không có ở cổng."),
};

static ENGLISH: Texts = Texts {
    lang: "en",
    other_lang: "vi",
    other_lang_name: "Tiếng Việt",
    skip: "To the main content",
    sample: "Sample portal – for trying out only",
    footer: "This is a sample portal for trying out the sign-in. It takes no real applications.",
    signed_out: "You are not signed in.",
    why_sign_in: "Sign in to hand in applications and to follow what becomes of them.",
    sign_in: "Sign in",
    sign_out: "Sign out",
    hello: "Hello,",
    nameless: "(no name given)",
    full_name: "Full name",
    subject: "Your identifier at this portal",
    level: "Level of authentication of this sign-in",
    levels: [
        "(level 1: one factor)",
        "(level 2: two different factors)",
        "(level 3: two or more factors, one of them biometric)",
        "(level 4: something you are, something you have and something you know)",
    ],
    level_unknown: "not known",
    level3: "Hand in an application that needs level 3",
    level3_title: "An application that needs level 3",
    level3_reached: "You have reached the level of authentication that this application needs.",
    level3_nothing_sent: "This is a sample portal, so nothing is sent anywhere.",
    level3_refused: (
        "Level 3 was not reached",
        "This application needs authentication of level 3 (with a biometric factor), and the sign-in just made did not reach it. \
         If you were signed in before, you still are, and can use the other services.",
    ),
    dossiers: "Your applications at this portal",
    dossier_number: "Number",
    dossier_title: "Procedure",
    handed_in: "Handed in",
    no_dossiers: "You have no applications at this portal.",
    dossiers_moved: "Your old applications were moved over to your electronic identity.",
    moved_from: "Moved from the old account",
    claims: "What this portal was told about you",
    claim: "Information",
    value: "Value",
    mark: "Status",
    verified: "Verified",
    self_declared: "Self-declared, not verified",
    missing: "No data",
    yes: "Yes",
    no: "No",
    male: "Male",
    female: "Female",
    citizen: "Citizen",
    organization: "Organization",
    home: "To the front page",
    reason: "Reason code:",
    cancelled: (
        "Sign-in stopped",
        "You stopped signing in, or chose not to share information. You can sign in again at any time.",
    ),
    start_again: (
        "Please sign in again",
        "This sign-in is no longer valid, or has been used. Please sign in again from the beginning.",
    ),
    try_later: ("The sign-in system cannot be reached", "Please try again in a few minutes."),
    not_signed_in: ("Please sign in", "This page is for people who are signed in."),
    broken: (
        "Signing in failed",
        "Something is wrong between this portal and the sign-in system. Please try again; if it keeps failing, please tell the portal's operator.",
    ),
    not_found: ("Page not found", "This portal has no such address."),
};

impl Texts {
    /// The texts of a language: English for `en`, Vietnamese for anything else.
    pub(crate) fn of(lang: &str) -> &'static Self {
        if lang == ENGLISH.lang { &ENGLISH } else { &VIETNAMESE }
    }

    /// The language that the browser's cookie names; Vietnamese comes first.
    pub(crate) fn for_request(headers: &HeaderMap) -> &'static Self {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
        let mut pairs =
            cookies.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
        Self::of(pairs.find(|(name, _)| *name == COOKIE_NAME).map(|(_, value)| value).unwrap_or_default())
    }
}
