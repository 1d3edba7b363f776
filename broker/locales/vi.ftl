# Texts of the citizen's pages, Vietnamese. The same keys and variables stand in en.ftl: a test compares them.
# The words of the sign-in page are those that people know from the National Public Service Portal.

## Every page

site-name = Hệ thống đăng nhập một lần
site-via = qua { site-name }
skip-to-content = Đến nội dung chính
notice-label = Thông báo
language-label = Ngôn ngữ của trang
help-phone = Cần giúp đỡ? Gọi
help-mail = Cần giúp đỡ? Viết thư tới
help-other = Cần giúp đỡ?
privacy = Bảo vệ dữ liệu cá nhân
the-portal = cổng dịch vụ
back-to-portal = Quay lại { $portal }

## Buttons

button-try-again = Thử lại
button-start-again = Đăng nhập lại vào { $portal }
button-start-again-plain = Đăng nhập lại
button-reload = Tải lại trang
button-continue = Tiếp tục đến { $portal }
button-continue-plain = Tiếp tục

## Choice of the account

choose-title = Chọn loại tài khoản bạn muốn sử dụng để đăng nhập { $portal }
choose-title-plain = Chọn loại tài khoản bạn muốn sử dụng để đăng nhập
choose-then = Đăng nhập xong, Ông/Bà sẽ quay lại { $portal }.

method-vneid = Tài khoản Định danh điện tử cấp bởi Bộ Công an
    .how = VNeID: quét mã QR bằng ứng dụng, hoặc nhập số định danh cá nhân và mật khẩu
    .note = Chưa áp dụng với tài khoản quản trị
method-national = Tài khoản cấp bởi Cổng dịch vụ công quốc gia
    .how = Tên đăng nhập và mật khẩu đã được cấp trước đây
method-vnpost = Tài khoản cấp bởi Bưu điện Việt Nam
    .how = Tên đăng nhập và mật khẩu do Bưu điện Việt Nam cấp
    .note = *Không dành cho CBCCVC cơ quan nhà nước

method-link-only = Từ ngày { $date }, tài khoản này chỉ dùng để liên kết với tài khoản VNeID.
method-past-cut-off = Từ ngày { $date }, tài khoản này đã dừng hoạt động và được thay thế bằng tài khoản VNeID.
method-switched-off = Cách đăng nhập này đang tạm dừng. Đề nghị Ông/Bà chọn cách khác hoặc quay lại sau.

date-in-words = { $day } { $month } năm { $year }
month-1 = tháng 1
month-2 = tháng 2
month-3 = tháng 3
month-4 = tháng 4
month-5 = tháng 5
month-6 = tháng 6
month-7 = tháng 7
month-8 = tháng 8
month-9 = tháng 9
month-10 = tháng 10
month-11 = tháng 11
month-12 = tháng 12

system-notice = Thông báo từ hệ thống
    .rule = Theo Nghị định số 59/2022/NĐ-CP, từ ngày 01/07/2024, các tài khoản cá nhân được khởi tạo từ Cổng Dịch vụ công quốc gia đăng nhập qua tài khoản định danh điện tử của Bộ Công an (VNeID).
    .link = Để giữ lại hồ sơ, thông tin đã thực hiện trước đó, đề nghị Ông/Bà liên kết tài khoản đã có với tài khoản VNeID.

## Forms

fault-title = Có chỗ cần sửa
fault-too-many = Quá nhiều lần thử
    .wait = Để bảo vệ tài khoản, đề nghị Ông/Bà chờ { $minutes } phút rồi thử lại.
skip-step = Bỏ qua

## Sign-in with an old account

legacy-title-national = Đăng nhập bằng Tài khoản cấp bởi Cổng dịch vụ công quốc gia
legacy-title-vnpost = Đăng nhập bằng Tài khoản cấp bởi Bưu điện Việt Nam
legacy-then = Sau khi đăng nhập, hệ thống kiểm tra tài khoản đã có số CCCD hay chưa.
legacy-proves-only = Từ ngày { $date }, tài khoản này không còn dùng để đăng nhập. Tài khoản chỉ dùng để liên kết với tài khoản VNeID.
legacy-then-vneid = Ông/Bà nhập tên đăng nhập và mật khẩu để xác nhận tài khoản là của mình. Sau đó, Ông/Bà đăng nhập bằng VNeID để hệ thống thực hiện liên kết tài khoản.
legacy-administrators = Quy định này chưa áp dụng với tài khoản quản trị.
legacy-user-name = Tên đăng nhập
    .missing = Nhập tên đăng nhập
legacy-password = Mật khẩu
    .missing = Nhập mật khẩu
legacy-submit = Đăng nhập
    .prove = Xác nhận tài khoản
legacy-wrong = Tên đăng nhập hoặc mật khẩu không đúng
    .what = Hệ thống không nhận ra tên đăng nhập cùng với mật khẩu vừa nhập.
    .advice = Kiểm tra lại cả hai, bộ gõ tiếng Việt và phím Caps Lock, rồi nhập lại.
back-to-choice = Chọn loại tài khoản khác

## Update from the population database

update-title = Cập nhật thông tin từ CSDL dân cư
update-source = Nguồn xác minh:
    .name = CSDL Quốc gia về Dân cư
update-old-number = Số CMT
    .hint = 9 số, trên giấy chứng minh nhân dân cũ. Để trống nếu Ông/Bà chưa từng có.
    .bad = Nhập số CMT gồm đúng 9 chữ số
update-personal-number = Số CCCD
    .hint = 12 số, trên thẻ căn cước hoặc trong ứng dụng VNeID
    .bad = Nhập số CCCD gồm đúng 12 chữ số
    .contradicts = Số CCCD không khớp với ngày sinh hoặc giới tính. Kiểm tra lại từng số.
update-full-name = Họ và tên
    .hint = Có dấu, đúng như trên thẻ căn cước
    .bad = Nhập họ và tên có dấu, đúng như trên thẻ căn cước
update-birth-date = Ngày sinh
    .hint = Ngày/tháng/năm, ví dụ 05/09/1995
    .bad = Nhập ngày sinh theo ngày/tháng/năm, ví dụ 05/09/1995
update-submit = Cập nhật
update-why = * Tài khoản của bạn chưa cập nhật số CCCD, vui lòng nhập thông tin để cập nhật số CCCD từ Cơ sở dữ liệu Quốc gia về Dân cư.
    .rule = * Theo quy định của Chính phủ, tài khoản được thiết lập trên Cổng DVCQG sẽ được truy cập thông qua tài khoản VNeID. Để bảo đảm chất lượng dịch vụ, hồ sơ, thông tin đã thực hiện trước đó, đề nghị Ông/bà đăng nhập vào Cổng DVCQG và thực hiện cập nhật số CCCD, các thông tin khác từ CSDL quốc gia về dân cư. Trường hợp không cập nhật thông tin theo yêu cầu, Ông/bà sẽ không khai thác được các thông tin trên tài khoản hiện nay từ ngày 01/07/2024.
update-later = Nếu bỏ qua, sau này Ông/Bà có thể cập nhật ở mục “Thông tin định danh”: chọn “Cập nhật từ CSDL Quốc gia về Dân cư”.

## The decree's notice

notice-title = Thông báo
    .decree = Theo quy định tại Nghị định số 59/2022/NĐ-CP, từ ngày 01/07/2024, các tài khoản cá nhân được khởi tạo từ Cổng DVCQG sử dụng phương thức đăng nhập qua tài khoản định danh điện tử của Bộ Công an (VNeID). Để đảm bảo chất lượng dịch vụ, các hồ sơ, thông tin đã thực hiện trước đó, đề nghị Ông/Bà thực hiện yêu cầu sau để thực hiện liên kết với tài khoản VNeID:
    .request = Yêu cầu: Thực hiện đăng nhập lại vào hệ thống bằng tài khoản định danh điện tử được cấp bởi Bộ Công an (VNeID). Sau khi đăng nhập thành công, hệ thống sẽ thực hiện liên kết tài khoản. Với các lần đăng nhập tiếp theo sau khi liên kết, bạn có thể dùng tài khoản VNeID để truy cập vào hệ thống và tiếp tục thao tác nghiệp vụ.
notice-ends = Trước ngày { $date }, Ông/Bà vẫn đăng nhập được bằng tài khoản hiện nay.
notice-link = Đăng nhập bằng VNeID
notice-skip-portal = Nếu bỏ qua, Ông/Bà vào { $portal } và có thể liên kết sau.
notice-skip-portal-plain = Nếu bỏ qua, Ông/Bà vào cổng dịch vụ và có thể liên kết sau.
notice-skip-choice = Nếu bỏ qua, Ông/Bà chưa đăng nhập và quay lại trang chọn loại tài khoản.

## Proof of an old account

hint-user-name = Tên đăng nhập
hint-phone = Số điện thoại
hint-last-used = Lần dùng gần nhất
hint-opened = Ngày tạo tài khoản
hint-day = { $date }
hint-hidden = không hiển thị
hint-ends = kết thúc bằng { $known }
hint-begins-ends = ký tự đầu và ký tự cuối: { $known }

prove-title = Xác nhận tài khoản cũ là của Ông/Bà
prove-found = Tìm thấy một tài khoản do { $origin } cấp có thể là của Ông/Bà.
prove-why = Tài khoản này chưa được xác minh với CSDL Quốc gia về Dân cư. Để hồ sơ không bị trao nhầm người, đề nghị Ông/Bà xác nhận trước khi hệ thống thực hiện liên kết tài khoản.
prove-password = Mật khẩu của tài khoản do { $origin } cấp
    .missing = Nhập mật khẩu của tài khoản cũ
    .wrong = Mật khẩu không đúng. Kiểm tra bộ gõ tiếng Việt và phím Caps Lock, rồi nhập lại.
prove-by-password = Xác nhận bằng mật khẩu
    .button = Xác nhận bằng mật khẩu
prove-by-code = Xác nhận bằng mã gửi đến điện thoại
    .how = Mã được gửi bằng tin nhắn đến số điện thoại trong tài khoản.
    .button = Gửi mã đến điện thoại
link-later = Nếu để sau, Ông/Bà vẫn vào { $portal } bằng tài khoản VNeID, nhưng chưa thấy hồ sơ của tài khoản cũ. Lần đăng nhập sau, hệ thống hỏi lại.
link-later-plain = Nếu để sau, Ông/Bà vẫn vào cổng dịch vụ bằng tài khoản VNeID, nhưng chưa thấy hồ sơ của tài khoản cũ. Lần đăng nhập sau, hệ thống hỏi lại.
link-later-button = Để sau

code-title = Nhập mã xác nhận
code-sent = Mã được gửi bằng tin nhắn đến số
code-label = Mã xác nhận
    .hint = Gồm các chữ số trong tin nhắn. Mã có hiệu lực trong { $minutes } phút.
    .missing = Nhập mã trong tin nhắn
    .wrong = Mã không đúng. Số lần nhập còn lại: { $left }.
    .expired = Mã đã hết hiệu lực. Bấm “Gửi lại mã” để nhận mã mới.
code-submit = Xác nhận
code-resend = Gửi lại mã
    .when = Chưa nhận được tin nhắn? Chờ một phút rồi gửi lại mã. Mã mới thay cho mã cũ.
code-other-way = Xác nhận bằng cách khác

## Several old accounts

accounts-title = Chọn tài khoản chính
accounts-found = Tìm thấy nhiều tài khoản do { $origin } cấp có thể là của Ông/Bà.
accounts-others = Từ nay về sau Ông/Bà dùng tài khoản chính. Các tài khoản còn lại cũng được liên kết sau khi xác nhận, và { $origin } được báo để chuyển hồ sơ về tài khoản chính.
accounts-legend = Tài khoản nào là tài khoản chính?
    .missing = Chọn một tài khoản
accounts-number = Tài khoản { $number }
accounts-proven = Đã xác minh
accounts-needs-proof = Cần xác nhận là của Ông/Bà
accounts-submit = Chọn làm tài khoản chính

## A person and an organization

whom-title = Ông/Bà đăng nhập { $portal } với tư cách nào?
whom-title-plain = Ông/Bà đăng nhập với tư cách nào?
whom-meaning = Theo VNeID, Ông/Bà có thể đăng nhập cho bản thân hoặc thay mặt tổ chức. Hồ sơ của cá nhân và hồ sơ của tổ chức được giữ riêng.
whom-person = Cá nhân
whom-organization = Tổ chức
whom-tax-code = Mã số thuế: { $code }

## After linking

not-the-owner-ended = Để bảo vệ Ông/Bà, cả hai lần đăng nhập đã kết thúc.

linked-title = Liên kết thành công
linked-meaning = Tài khoản cũ của Ông/Bà đã được liên kết với tài khoản VNeID.
linked-list = Danh sách tài khoản liên kết
linked-account = Tài khoản liên kết:
linked-on = Ngày liên kết: { $date }
linked-from-now = Với các lần đăng nhập tiếp theo, Ông/Bà dùng tài khoản VNeID. Mật khẩu của tài khoản cũ không còn dùng được.

not-linked-title = Tài khoản cũ chưa được liên kết
not-linked-name = Có một tài khoản do { $origin } cấp mang số định danh của Ông/Bà, nhưng họ và tên không khớp.
not-linked-birth = Có một tài khoản do { $origin } cấp mang số định danh của Ông/Bà, nhưng ngày sinh không khớp.
not-linked-both = Có một tài khoản do { $origin } cấp mang số định danh của Ông/Bà, nhưng họ và tên và ngày sinh không khớp.
not-linked-unclear = Có một tài khoản do { $origin } cấp cần được kiểm tra trước khi liên kết.
not-linked-closed = Tài khoản cũ do { $origin } cấp đã đóng, nên không liên kết được.
not-linked-locked = Tài khoản cũ do { $origin } cấp đang bị khóa, nên không liên kết được.
not-linked-deceased = Theo dữ liệu hệ thống nhận được, tài khoản cũ do { $origin } cấp thuộc về người đã mất, nên không liên kết được.
not-linked-no-way = Có một tài khoản do { $origin } cấp có thể là của Ông/Bà, nhưng không có mật khẩu hoặc số điện thoại để xác nhận.
not-linked-changed = Thông tin của tài khoản cũ do { $origin } cấp vừa thay đổi và không còn khớp với thông tin của Ông/Bà, nên không liên kết được.
not-linked-goes-on = Ông/Bà vẫn vào { $portal } bằng tài khoản VNeID, nhưng chưa thấy hồ sơ của tài khoản cũ.
not-linked-goes-on-plain = Ông/Bà vẫn vào cổng dịch vụ bằng tài khoản VNeID, nhưng chưa thấy hồ sơ của tài khoản cũ.
not-linked-review = Cán bộ sẽ kiểm tra. Ông/Bà không phải làm gì thêm. Nếu cần gấp, hãy gọi hỗ trợ và đọc hai mã dưới đây.
not-linked-call = Nếu muốn nhận lại hồ sơ của tài khoản cũ, Ông/Bà gọi hỗ trợ và đọc hai mã dưới đây.

## Consent

consent-title = Cho phép chia sẻ thông tin với { $portal }?
# Tin nhắn đến điện thoại của tài khoản cũ.
message-code = { $code } là mã xác nhận tài khoản cũ của Ông/Bà, dùng được trong { $minutes } phút. Không đưa mã này cho bất kỳ ai.

consent-who = Ông/Bà đang đăng nhập với tên
consent-list = { $portal } đề nghị được biết:
consent-only = Chỉ những thông tin trên được chia sẻ. Mật khẩu không được chia sẻ.
consent-if-denied = Nếu không đồng ý, Ông/Bà quay lại { $portal } và chưa đăng nhập.
consent-allow = Đồng ý và tiếp tục
consent-deny = Không đồng ý

share-identity = Mã để cổng nhận ra Ông/Bà trong những lần sau
share-profile = Họ và tên, ngày sinh, giới tính
share-email = Địa chỉ thư điện tử
share-phone = Số điện thoại
share-address = Địa chỉ
share-citizen = Số định danh cá nhân, số CMT cũ và số hộ chiếu (nếu có)
share-organization = Mã số thuế, mã số doanh nghiệp và tên tổ chức, họ tên và số định danh của người đại diện (nếu đăng nhập thay mặt tổ chức)
share-offline = Quyền xem lại các thông tin này sau khi Ông/Bà rời trang, trong một thời hạn nhất định

## Logout

logout-title = Ông/Bà muốn đăng xuất?
logout-effect = Ông/Bà sẽ đăng xuất khỏi hệ thống này. Các cổng đã đăng nhập bằng trình duyệt này cũng sẽ được báo.
logout-confirm = Đăng xuất

logged-out-title = Ông/Bà đã đăng xuất
logged-out-shared = Nếu đang dùng máy chung, Ông/Bà hãy đóng trình duyệt.
logged-out-portals = Các cổng được báo
logged-out-told = Đã đăng xuất
logged-out-pending = Đang báo cho cổng
logged-out-unreached = Chưa liên lạc được. Hãy mở cổng này và đăng xuất tại đó.

## A login that is over

resume-expired = Trang đăng nhập này đã hết hạn
    .what = Vì lý do an toàn, mỗi lần đăng nhập chỉ có một thời gian ngắn.
    .next = Bấm nút dưới đây để đăng nhập lại. Ông/Bà không phải làm lại gì khác.
resume-finished = Lần đăng nhập này đã xong
    .what = Có thể Ông/Bà vừa bấm nút quay lại của trình duyệt.
    .next = Bấm nút dưới đây để trở vào cổng. Nếu vẫn đang đăng nhập, Ông/Bà không phải nhập lại gì.
resume-stopped = Lần đăng nhập này đã dừng
    .what = Ông/Bà chưa đăng nhập vào cổng.
    .next = Bấm nút dưới đây nếu Ông/Bà muốn đăng nhập lại.

## Error pages

error-what-now = Ông/Bà có thể làm gì
error-reference = Khi gọi hỗ trợ, Ông/Bà đọc hai mã này
error-code = Mã lỗi
error-trace = Mã tra cứu

error-unknown-portal = Không nhận ra cổng dịch vụ
    .what = Đường dẫn đưa Ông/Bà đến đây không đúng, hoặc cổng dịch vụ này chưa được kết nối với hệ thống đăng nhập.
    .advice = Mở lại cổng dịch vụ từ đầu rồi bấm đăng nhập. Nếu vẫn gặp trang này, hãy báo cho cổng dịch vụ mã lỗi dưới đây.
error-bad-return = Không thể đưa Ông/Bà về cổng dịch vụ
    .what = Địa chỉ quay về không phải là địa chỉ mà cổng đã đăng ký. Để bảo vệ Ông/Bà, chúng tôi dừng lại ở đây.
    .advice = Mở lại cổng dịch vụ từ đầu rồi bấm đăng nhập. Nếu vẫn gặp trang này, hãy báo cho cổng dịch vụ mã lỗi dưới đây.
error-malformed = Yêu cầu không đọc được
    .what = Đường dẫn hoặc biểu mẫu gửi đến bị thiếu hoặc bị hỏng.
    .advice = Quay lại cổng dịch vụ và bấm đăng nhập lần nữa.
error-too-large = Yêu cầu quá dài
    .what = Trình duyệt gửi đến nhiều dữ liệu hơn mức hệ thống nhận.
    .advice = Quay lại cổng dịch vụ và bấm đăng nhập lần nữa.
error-not-found = Không có trang này
    .what = Địa chỉ gõ sai, hoặc trang không còn nữa.
    .advice = Kiểm tra lại địa chỉ, hoặc mở cổng dịch vụ rồi bấm đăng nhập.
error-method = Trang này không mở được theo cách đó
    .what = Có thể Ông/Bà đã mở thẳng địa chỉ của một bước ở giữa.
    .advice = Quay lại cổng dịch vụ và bấm đăng nhập lần nữa.
error-too-many = Quá nhiều lần thử
    .what = Từ nơi Ông/Bà truy cập vừa có quá nhiều yêu cầu trong thời gian ngắn.
    .advice = Chờ vài phút rồi tải lại trang.

error-login-unknown = Không tìm thấy lần đăng nhập này
    .what = Có thể lần đăng nhập đã bắt đầu quá lâu, hoặc đường dẫn bị chép thiếu.
    .advice = Mở cổng dịch vụ và bấm đăng nhập lần nữa.
error-login-expired = Trang đăng nhập này đã hết hạn
    .what = Vì lý do an toàn, mỗi lần đăng nhập chỉ có một thời gian ngắn.
    .advice = Bắt đầu đăng nhập lại. Ông/Bà không phải làm lại gì khác.
error-login-finished = Lần đăng nhập này đã xong
    .what = Có thể Ông/Bà vừa bấm nút quay lại của trình duyệt, hoặc mở lại một trang cũ.
    .advice = Bắt đầu lại nếu Ông/Bà chưa vào được cổng.
error-out-of-order = Bước này không còn đúng thứ tự
    .what = Lần đăng nhập đã chuyển sang bước khác, có thể trong một thẻ khác của trình duyệt.
    .advice = Bắt đầu đăng nhập lại.
error-browser-forgot = Trình duyệt không giữ được phiên đăng nhập
    .what = Trình duyệt của Ông/Bà đang chặn hoặc đã xóa dữ liệu cần để tiếp tục.
    .advice = Cho phép trang này lưu dữ liệu trong trình duyệt, tắt chế độ duyệt ẩn danh nếu đang bật, rồi bắt đầu lại.
error-other-browser = Lần đăng nhập này thuộc về trình duyệt khác
    .what = Đường dẫn được mở ở một trình duyệt hoặc một máy khác với nơi Ông/Bà đã bắt đầu.
    .advice = Bắt đầu đăng nhập lại ở trình duyệt này. Không dùng đường dẫn đăng nhập do người khác gửi.
error-form-incomplete = Biểu mẫu gửi đến không đủ
    .what = Trang có thể chưa tải hết khi Ông/Bà bấm nút.
    .advice = Thử lại. Nếu vẫn gặp trang này, bắt đầu đăng nhập lại từ cổng dịch vụ.
error-form-foreign = Biểu mẫu này không phải của trang chúng tôi
    .what = Để bảo vệ Ông/Bà, chúng tôi không nhận biểu mẫu gửi từ nơi khác.
    .advice = Thử lại. Nếu Ông/Bà đến đây từ một đường dẫn lạ, hãy đóng trang và mở cổng dịch vụ từ đầu.
error-form-used = Biểu mẫu này đã được gửi rồi
    .what = Có thể nút đã được bấm hai lần, hoặc trang cũ được mở lại.
    .advice = Thử lại với trang mới.
error-method-not-offered = Cổng này không dùng loại tài khoản đó
    .what = Loại tài khoản Ông/Bà vừa chọn không có trong danh sách của cổng.
    .advice = Chọn loại tài khoản khác.
error-method-off = Cách đăng nhập này đang tạm dừng
    .what = Loại tài khoản Ông/Bà vừa chọn tạm thời không dùng được.
    .advice = Chọn loại tài khoản khác, hoặc quay lại sau.
error-method-ended = Loại tài khoản này đã dừng hoạt động
    .what = Theo Nghị định số 59/2022/NĐ-CP, tài khoản này được thay thế bằng tài khoản định danh điện tử do Bộ Công an (VNeID) cung cấp.
    .advice = Chọn Tài khoản Định danh điện tử cấp bởi Bộ Công an.

error-vneid-denied = VNeID chưa cho phép đăng nhập
    .what = Việc đăng nhập bị hủy, hoặc VNeID không chấp nhận.
    .advice = Thử lại. Nếu Ông/Bà không bấm hủy, hãy mở ứng dụng VNeID để xem thông báo.
error-vneid-locked = VNeID báo tài khoản đang bị khóa
    .what = Khi tài khoản VNeID bị khóa, Ông/Bà không đăng nhập được vào các cổng dịch vụ.
    .advice = Liên hệ cơ quan Công an nơi gần nhất hoặc tổng đài VNeID để mở khóa, rồi đăng nhập lại.
error-vneid-login-required = VNeID yêu cầu đăng nhập lại
    .what = Lần đăng nhập trước ở VNeID không còn dùng được.
    .advice = Thử lại và đăng nhập ở trang của VNeID.
error-vneid-refused = VNeID báo lỗi
    .what = VNeID không hoàn tất được lần đăng nhập này. Ông/Bà không làm gì sai.
    .advice = Thử lại. Nếu vẫn gặp trang này, hãy gọi hỗ trợ.
error-vneid-busy = VNeID đang bận
    .what = Đang có nhiều người đăng nhập qua VNeID cùng lúc.
    .advice = Chờ một phút rồi thử lại.
error-vneid-answer-lost = VNeID chưa trả kết quả đăng nhập
    .what = Kết quả từ VNeID gửi về bị thiếu.
    .advice = Thử lại.
error-vneid-answer-late = Kết quả đăng nhập không còn dùng được
    .what = Kết quả VNeID gửi về đã hết hạn hoặc đã được dùng.
    .advice = Thử lại. Đăng nhập xong ở VNeID, Ông/Bà chờ trang tự chuyển, không bấm lại.
error-vneid-connection = Kết nối với VNeID đang có trục trặc
    .what = Lỗi nằm ở phía hệ thống, không phải do Ông/Bà. Lỗi đã được ghi lại cho người vận hành.
    .advice = Thử lại sau ít phút. Nếu gấp, hãy gọi hỗ trợ.
error-vneid-away = Chưa liên lạc được với VNeID
    .what = VNeID không trả lời. Ông/Bà không làm gì sai.
    .advice = Chờ vài phút rồi thử lại.
error-vneid-slow = VNeID trả lời quá chậm
    .what = Chúng tôi đã chờ nhưng chưa nhận được câu trả lời. Ông/Bà không làm gì sai.
    .advice = Chờ một phút rồi thử lại.
error-vneid-paused = VNeID đang gián đoạn
    .what = Nhiều lần liên lạc vừa qua không thành, nên chúng tôi tạm ngừng gửi yêu cầu đến VNeID.
    .advice = Chờ vài phút rồi thử lại.
error-vneid-garbled = Không đọc được câu trả lời của VNeID
    .what = VNeID trả lời không như quy định. Ông/Bà không làm gì sai.
    .advice = Thử lại. Nếu vẫn gặp trang này, hãy gọi hỗ trợ.
error-vneid-untrusted = Kết quả đăng nhập không đáng tin
    .what = Chúng tôi không kiểm tra được kết quả gửi về có đúng là của VNeID. Để bảo vệ Ông/Bà, kết quả này không được dùng.
    .advice = Thử lại. Nếu vẫn gặp trang này, hãy gọi hỗ trợ.
error-vneid-mixed-up = Kết quả không thuộc lần đăng nhập này
    .what = VNeID trả về kết quả của một lần đăng nhập khác. Để bảo vệ Ông/Bà, kết quả này không được dùng.
    .advice = Thử lại, và chỉ đăng nhập trong một thẻ của trình duyệt.
error-vneid-clock = Giờ của hai hệ thống lệch nhau
    .what = Kết quả VNeID gửi về mang giờ không khớp với giờ của chúng tôi. Ông/Bà không làm gì sai.
    .advice = Thử lại sau ít phút. Nếu vẫn gặp trang này, hãy gọi hỗ trợ.
error-vneid-not-fresh = Cần đăng nhập lại ở VNeID
    .what = Cổng dịch vụ yêu cầu Ông/Bà vừa mới đăng nhập, nhưng VNeID dùng lại lần đăng nhập trước.
    .advice = Thử lại. Khi đến trang VNeID, hãy đăng nhập lại ở đó.
error-vneid-incomplete = VNeID gửi thiếu thông tin
    .what = Thiếu thông tin cần để nhận ra Ông/Bà, ví dụ số định danh cá nhân hoặc họ và tên.
    .advice = Mở ứng dụng VNeID để xem thông tin của mình đã đủ chưa. Nếu đã đủ mà vẫn gặp trang này, hãy gọi hỗ trợ.
error-vneid-contradiction = Thông tin từ VNeID không khớp nhau
    .what = Số định danh cá nhân không khớp với ngày sinh hoặc giới tính.
    .advice = Đề nghị Ông/Bà liên hệ cơ quan Công an để kiểm tra thông tin trên VNeID, hoặc gọi hỗ trợ.
error-vneid-level-unknown = Chưa xác định được mức độ xác thực
    .what = VNeID báo một mức độ xác thực mà hệ thống chưa biết.
    .advice = Thử lại. Nếu vẫn gặp trang này, hãy gọi hỗ trợ.

error-return-incomplete = Đường dẫn quay về bị thiếu
    .what = Đường dẫn từ VNeID về đây không đủ, có thể do bị chép hoặc bị cắt.
    .advice = Mở cổng dịch vụ và bấm đăng nhập lần nữa.
error-return-unknown = Không biết lần đăng nhập này
    .what = Có thể lần đăng nhập đã bắt đầu quá lâu.
    .advice = Mở cổng dịch vụ và bấm đăng nhập lần nữa.
error-return-used = Kết quả này đã được nhận rồi
    .what = Có thể trang được tải lại, hoặc Ông/Bà vừa bấm nút quay lại của trình duyệt.
    .advice = Nếu chưa vào được cổng, hãy bắt đầu đăng nhập lại.
error-return-other-browser = Lần đăng nhập bắt đầu ở trình duyệt khác
    .what = Kết quả từ VNeID được mở ở một trình duyệt hoặc một máy khác với nơi đã bắt đầu. Để bảo vệ Ông/Bà, kết quả này không được dùng.
    .advice = Bắt đầu đăng nhập lại ở trình duyệt này. Không dùng đường dẫn đăng nhập do người khác gửi.

error-record-differs = Thông tin cần được kiểm tra
    .what = Thông tin từ VNeID khác với thông tin đã lưu. Ông/Bà chưa đăng nhập, và không có gì thay đổi.
    .advice = Cần có cán bộ kiểm tra. Đề nghị Ông/Bà gọi hỗ trợ và đọc hai mã dưới đây.
error-number-changed = Số định danh cần được kiểm tra
    .what = Số định danh cá nhân VNeID gửi về khác với lần trước. Ông/Bà chưa đăng nhập, và không có gì thay đổi.
    .advice = Nếu Ông/Bà vừa được cấp lại số định danh, hãy gọi hỗ trợ và đọc hai mã dưới đây.
error-not-vouched = Chưa đủ căn cứ để đăng nhập
    .what = Cách đăng nhập này chưa được phép xác nhận số định danh cá nhân. Ông/Bà chưa đăng nhập.
    .advice = Bắt đầu lại và chọn Tài khoản Định danh điện tử cấp bởi Bộ Công an, hoặc gọi hỗ trợ.
error-blocked = Việc đăng nhập đang bị tạm khóa
    .what = Hệ thống không cho phép đăng nhập với thông tin này.
    .advice = Nếu Ông/Bà cho rằng có nhầm lẫn, hãy gọi hỗ trợ và đọc hai mã dưới đây.
error-deceased = Không thể đăng nhập với số định danh này
    .what = Theo dữ liệu hệ thống nhận được, số định danh này thuộc về người đã mất.
    .advice = Nếu đây là nhầm lẫn, xin Ông/Bà thứ lỗi và liên hệ cơ quan Công an hoặc gọi hỗ trợ để được sửa.
error-level-not-reached = Chưa đạt mức độ xác thực mà cổng yêu cầu
    .what = Cổng dịch vụ cần mức độ xác thực cao hơn mức Ông/Bà vừa dùng ở VNeID.
    .advice = Thử lại và chọn cách xác thực cao hơn trong VNeID, ví dụ bằng khuôn mặt.
error-account-level-one = Cần tài khoản VNeID mức độ 2
    .what = Tài khoản VNeID mức độ 1 chưa dùng được cho dịch vụ này.
    .advice = Mang giấy tờ tùy thân đến cơ quan Công an để được cấp tài khoản mức độ 2, rồi đăng nhập lại.

error-attempts = Đã thử quá nhiều lần
    .what = Để bảo vệ tài khoản, hệ thống tạm ngừng nhận mật khẩu và mã xác nhận.
    .advice = Chờ vài phút rồi thử lại. Nếu quên mật khẩu, hãy chọn cách khác.
error-proof-not-offered = Không xác nhận được bằng cách này
    .what = Tài khoản cũ không có cách xác nhận vừa chọn.
    .advice = Thử lại và chọn cách khác, hoặc để sau.
error-account-closed = Tài khoản cũ đã đóng hoặc đang bị khóa
    .what = Tài khoản này không đăng nhập được và không liên kết được.
    .advice = Chọn Tài khoản Định danh điện tử cấp bởi Bộ Công an. Nếu cần hồ sơ của tài khoản cũ, hãy gọi hỗ trợ.
error-not-the-owner = Hai tài khoản không phải của cùng một người
    .what = Tài khoản VNeID vừa đăng nhập không phải là của chủ tài khoản đã nhập trước đó. Không có gì được liên kết.
    .advice = Bắt đầu lại và đăng nhập VNeID của chính mình. Nếu cả hai tài khoản là của Ông/Bà mà vẫn gặp trang này, hãy gọi hỗ trợ.
error-check-service-away = Chưa kiểm tra được mật khẩu
    .what = Hệ thống của cổng đã cấp tài khoản không trả lời. Ông/Bà không làm gì sai.
    .advice = Chờ vài phút rồi thử lại, hoặc chọn cách khác.
error-message-not-sent = Chưa gửi được tin nhắn
    .what = Tin nhắn mang mã xác nhận chưa gửi đến điện thoại được. Ông/Bà không làm gì sai.
    .advice = Chờ một phút rồi gửi lại mã, hoặc chọn cách khác.
error-administrator-account = Tài khoản quản trị không liên kết với VNeID
    .what = Tài khoản quản trị của cổng không phải là của riêng một người.
    .advice = Đăng nhập bằng tài khoản quản trị như trước, hoặc chọn tài khoản cá nhân.
error-post-not-offered = Không dùng được tài khoản Bưu điện ở đây
    .what = Cổng này không nhận tài khoản cấp bởi Bưu điện Việt Nam. Tài khoản đó cũng không dành cho CBCCVC cơ quan nhà nước.
    .advice = Chọn loại tài khoản khác.
error-proof-expired = Lần xác nhận này đã hết hạn
    .what = Vì lý do an toàn, việc xác nhận tài khoản chỉ có một thời gian ngắn. Chưa có gì thay đổi.
    .advice = Bắt đầu đăng nhập lại.
error-review-pending = Tài khoản cũ đang được kiểm tra
    .what = Cán bộ cần kiểm tra trước khi tài khoản này được liên kết.
    .advice = Ông/Bà không phải làm gì thêm. Nếu cần gấp, hãy gọi hỗ trợ và đọc hai mã dưới đây.
error-population-no-match = Thông tin không khớp với CSDL Quốc gia về Dân cư
    .what = Các thông tin vừa nhập không cùng thuộc về một người trong CSDL Quốc gia về Dân cư.
    .advice = Kiểm tra từng ô theo thẻ căn cước rồi cập nhật lần nữa. Nếu vừa đổi giấy tờ, Ông/Bà liên hệ cơ quan Công an.
error-population-several = CSDL Quốc gia về Dân cư chưa xác định được một người
    .what = Có nhiều bản ghi ứng với thông tin vừa nhập, nên chưa cập nhật được.
    .advice = Đề nghị Ông/Bà liên hệ cơ quan Công an để kiểm tra dữ liệu dân cư, hoặc gọi hỗ trợ.
error-population-slow = CSDL Quốc gia về Dân cư trả lời quá chậm
    .what = Chúng tôi đã chờ nhưng chưa nhận được câu trả lời. Chưa có gì thay đổi.
    .advice = Chờ một phút rồi thử lại, hoặc bỏ qua và cập nhật sau.
error-population-away = Chưa liên lạc được với CSDL Quốc gia về Dân cư
    .what = CSDL Quốc gia về Dân cư không trả lời. Ông/Bà không làm gì sai.
    .advice = Chờ vài phút rồi thử lại, hoặc bỏ qua và cập nhật sau.
error-population-refused = CSDL Quốc gia về Dân cư báo lỗi
    .what = Lỗi nằm ở phía hệ thống, không phải do Ông/Bà. Lỗi đã được ghi lại cho người vận hành.
    .advice = Thử lại sau ít phút, hoặc bỏ qua và cập nhật sau. Nếu gấp, hãy gọi hỗ trợ.
error-population-garbled = Không đọc được câu trả lời của CSDL Quốc gia về Dân cư
    .what = CSDL Quốc gia về Dân cư trả lời không như quy định. Ông/Bà không làm gì sai.
    .advice = Thử lại. Nếu vẫn gặp lỗi này, hãy gọi hỗ trợ.
error-population-deceased = Không cập nhật được với số này
    .what = Theo CSDL Quốc gia về Dân cư, số này thuộc về người đã mất.
    .advice = Kiểm tra lại từng số. Nếu đây là nhầm lẫn, xin Ông/Bà thứ lỗi và liên hệ cơ quan Công an để được sửa.
error-population-busy = CSDL Quốc gia về Dân cư đang bận
    .what = Đang có nhiều người cập nhật cùng lúc, hoặc việc kết nối đang tạm ngừng.
    .advice = Chờ vài phút rồi thử lại, hoặc bỏ qua và cập nhật sau.
error-account-conflicts = Chưa cập nhật được số này cho tài khoản
    .what = Việc cập nhật cần được cán bộ kiểm tra. Chưa có gì thay đổi.
    .advice = Nếu số vừa nhập đúng là của Ông/Bà, hãy đăng nhập bằng VNeID, hoặc gọi hỗ trợ và đọc hai mã dưới đây.
error-account-changed = Tài khoản cũ không còn khớp với thông tin của Ông/Bà
    .what = Thông tin của tài khoản này vừa thay đổi, nên không liên kết được.
    .advice = Nếu đó đúng là tài khoản của Ông/Bà, hãy gọi hỗ trợ và đọc hai mã dưới đây.

error-logout-unverified = Không kiểm tra được yêu cầu đăng xuất
    .what = Thông tin cổng dịch vụ gửi kèm không đúng hoặc không phải của hệ thống này. Ông/Bà chưa đăng xuất.
    .advice = Quay lại cổng dịch vụ và bấm đăng xuất lần nữa.
error-logout-return = Không thể đưa Ông/Bà về cổng sau khi đăng xuất
    .what = Địa chỉ quay về không phải là địa chỉ mà cổng đã đăng ký. Để bảo vệ Ông/Bà, chúng tôi không chuyển đến đó.
    .advice = Mở lại cổng dịch vụ để kiểm tra Ông/Bà đã đăng xuất chưa.

error-store-away = Hệ thống đang gián đoạn
    .what = Một phần của hệ thống tạm thời không trả lời. Ông/Bà không làm gì sai, và không mất dữ liệu nào.
    .advice = Chờ một phút rồi tải lại trang.
error-internal = Hệ thống gặp lỗi
    .what = Lỗi nằm ở phía hệ thống, không phải do Ông/Bà. Lỗi đã được ghi lại cho người vận hành.
    .advice = Tải lại trang. Nếu vẫn gặp trang này, hãy gọi hỗ trợ và đọc hai mã dưới đây.
error-overloaded = Hệ thống đang quá tải
    .what = Đang có rất nhiều người đăng nhập cùng lúc.
    .advice = Chờ một phút rồi tải lại trang.
error-too-slow = Hệ thống trả lời quá chậm
    .what = Yêu cầu mất quá nhiều thời gian nên đã được dừng lại. Ông/Bà không làm gì sai.
    .advice = Chờ một phút rồi tải lại trang.

## Account pages

time-and-date = { $time } ngày { $date }
button-account = Về Tài khoản của tôi
account-pages = Các trang của tài khoản
account-identity = Thông tin định danh
account-update = Cập nhật từ CSDL Quốc gia về Dân cư
account-links = Danh sách tài khoản liên kết
account-history = Lịch sử đăng nhập
account-sessions = Nơi đang đăng nhập
account-data = Dữ liệu của tôi
account-by-account = Ông/Bà đang đăng nhập bằng tài khoản được cấp trước đây, nên ở đây chỉ thấy thông tin của tài khoản này. Để xem tài khoản liên kết, lịch sử đăng nhập và tải dữ liệu, đề nghị Ông/Bà đăng xuất rồi đăng nhập bằng VNeID.
account-news = Thay đổi gần đây
    .advice = Nếu Ông/Bà không thực hiện các thay đổi này, hãy gọi ngay số hỗ trợ ở cuối trang.

claim-name = Họ tên
claim-old-number = Số CMT (9 số)
claim-number = Số CMT/CCCD (12 số)
claim-born = Ngày sinh
claim-phone = Số điện thoại
claim-gender = Giới tính
claim-email = Email
claim-address = Địa chỉ thường trú
claim-current-address = Nơi ở hiện tại
claim-passport = Số hộ chiếu
claim-tax-code = Mã số thuế
claim-business = Mã số doanh nghiệp
claim-organization = Tên tổ chức
claim-source = Nguồn:
gender-male = Nam
gender-female = Nữ
mark-green = Đã xác minh
mark-yellow = Tự khai, chưa xác minh
mark-red = Chưa có dữ liệu
source-vneid = VNeID
source-population = CSDL Quốc gia về Dân cư
legend = Ghi chú về các biểu tượng dữ liệu
    .green = Biểu tượng Xanh là các thông tin đã được xác minh với Cơ sở dữ liệu Dân cư Quốc gia hoặc CSDL tin cậy khác.
    .yellow = Biểu tượng Vàng là các thông tin do Người dùng tự nhập và chưa được xác minh với 1 CSDL tin cậy.
    .red = Biểu tượng Đỏ là các trường thông tin không có dữ liệu.

history-none = Chưa có gì trong lịch sử.
history-advice = Nếu thấy một lần đăng nhập không phải của mình, Ông/Bà hãy kết thúc mọi nơi đang đăng nhập, đổi mật khẩu VNeID và gọi số hỗ trợ ở cuối trang. Giờ ghi theo giờ Việt Nam.
history-older = Xem các lần trước đó
history-newest = Về các lần mới nhất
past-signed-in = Đăng nhập bằng VNeID
past-single = Vào cổng mà không phải đăng nhập lại
past-refused = Một lần đăng nhập bị từ chối
past-recorded = Đăng nhập lần đầu vào hệ thống này
past-identity-added = Đăng nhập bằng một tài khoản VNeID mới của Ông/Bà
past-allowed = Đồng ý chia sẻ thông tin
past-denied = Không đồng ý chia sẻ thông tin
past-linked = Liên kết một tài khoản được cấp trước đây
past-unlinked = Chấm dứt liên kết với một tài khoản
past-signed-out = Đăng xuất
past-replaced = Người khác đăng nhập trên cùng trình duyệt
past-data-taken = Tải dữ liệu của Ông/Bà
past-ended = Kết thúc đăng nhập từ trang Tài khoản của tôi
past-unlink-asked = Yêu cầu hủy liên kết
past-updated = Cập nhật thông tin từ CSDL Quốc gia về Dân cư
past-ended-by-operator = Đơn vị vận hành kết thúc đăng nhập
past-level = Mức độ xác thực { $level }

sessions-advice = Đây là những nơi Ông/Bà đang đăng nhập. Nếu có nơi không phải của mình, hãy kết thúc ngay.
sessions-this = Trình duyệt này
sessions-other = Trình duyệt khác
sessions-began = Bắt đầu lúc
sessions-used = Dùng lần cuối lúc
sessions-portals = Các cổng đã vào
sessions-end-this = Đăng xuất khỏi trình duyệt này
sessions-end = Kết thúc
sessions-end-others = Kết thúc mọi nơi khác
sessions-end-all = Kết thúc tất cả
sessions-told = Các cổng đã vào cũng được báo để đăng xuất.

links-account = Tài khoản liên kết:
links-date = Ngày liên kết:
links-none = Ông/Bà chưa liên kết tài khoản nào được cấp trước đây.
another-title = Liên kết tài khoản khác
another-found = Hệ thống tìm thấy tài khoản có thể là của Ông/Bà, cần Ông/Bà xác nhận:
another-waiting = Xác nhận tài khoản do { $origin } cấp
another-how = Nếu còn tài khoản khác được cấp trước đây, Ông/Bà đăng nhập vào tài khoản đó rồi xác thực lại bằng VNeID. Chọn loại tài khoản:
links-unlinking = Yêu cầu hủy liên kết đang được xem xét
evidence-number = Số định danh cá nhân đã được cổng xác minh
evidence-old-number = Số CMT đã được cổng xác minh
evidence-tax-code = Mã số thuế đã được cổng xác minh
evidence-password = Ông/Bà đã nhập đúng mật khẩu của tài khoản
evidence-phone = Ông/Bà đã nhập đúng mã gửi đến số điện thoại của tài khoản
evidence-reviewed = Hai cán bộ đã xem xét

unlink-title = Yêu cầu hủy liên kết
unlink-what = Sau khi hủy, cổng đã cấp tài khoản này không còn nhận ra Ông/Bà là chủ tài khoản. Hồ sơ tại cổng không bị xóa.
unlink-who = Yêu cầu do hai cán bộ xem xét. Trong khi chờ, liên kết vẫn giữ nguyên.
unlink-legend = Vì sao Ông/Bà muốn hủy liên kết?
    .missing = Hãy chọn một lý do
unlink-not-mine = Tài khoản này không phải của tôi
unlink-not-by-me = Tôi không biết vì sao có liên kết này
unlink-not-used = Tôi không còn dùng cổng này
unlink-other = Lý do khác
unlink-submit = Gửi yêu cầu

data-what = Ông/Bà có thể tải về mọi dữ liệu mà hệ thống này giữ về mình: thông tin định danh và tình trạng xác minh, tài khoản liên kết, mã mà từng cổng dùng để nhận ra Ông/Bà, những gì đã đồng ý chia sẻ và lịch sử đăng nhập.
data-care = Tệp này có thông tin cá nhân. Không tải về máy dùng chung, và không gửi cho người khác.
data-take = Tải dữ liệu của tôi

error-own-not-signed-in = Ông/Bà chưa đăng nhập
    .what = Lần đăng nhập để xem Tài khoản của tôi đã dừng giữa chừng hoặc bị từ chối.
    .advice = Bấm nút dưới đây để đăng nhập lại.
error-own-form = Trang vừa rồi không còn dùng được
    .what = Có thể Ông/Bà đã đăng nhập lại trong một thẻ khác của trình duyệt. Chưa có gì thay đổi.
    .advice = Mở lại Tài khoản của tôi rồi làm lại bước vừa rồi.
error-own-for-citizens = Trang này cần đăng nhập bằng VNeID
    .what = Ông/Bà đang đăng nhập bằng tài khoản được cấp trước đây.
    .advice = Đăng xuất, rồi đăng nhập bằng VNeID để dùng trang này.
error-own-no-link = Không có tài khoản liên kết này
    .what = Liên kết đã được hủy, hoặc địa chỉ bị chép sai.
    .advice = Mở Tài khoản của tôi và xem Danh sách tài khoản liên kết.
error-own-unlink-rejected = Yêu cầu này đã được xem xét
    .what = Hai cán bộ đã xem xét cùng yêu cầu này và giữ nguyên liên kết.
    .advice = Nếu có thông tin mới, hãy gọi số hỗ trợ ở cuối trang.
error-own-no-update = Trang này hiện không dùng được
    .what = Hiện chưa thể cập nhật từ CSDL Quốc gia về Dân cư, hoặc Ông/Bà đang đăng nhập thay mặt tổ chức.
    .advice = Mở Tài khoản của tôi để xem thông tin định danh.
confirm-what = Nhập những thông tin còn thiếu. Chúng được đối chiếu với CSDL Quốc gia về Dân cư theo số và họ tên dưới đây, do VNeID xác minh.
confirm-nothing = Không còn thông tin nào cần cập nhật. Những gì đã biết về Ông/Bà đều đã được xác minh.
