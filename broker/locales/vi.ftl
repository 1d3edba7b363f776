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

## Consent

consent-title = Cho phép chia sẻ thông tin với { $portal }?
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
share-organization = Mã số thuế và tên tổ chức (nếu đăng nhập thay mặt tổ chức)
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
