# Texts of the citizen's pages, English: a translation of meaning. The same keys and variables stand in vi.ftl.

## Every page

site-name = Single sign-on system
site-via = through the single sign-on system
skip-to-content = Skip to main content
notice-label = Notice
language-label = Language of this page
help-phone = Need help? Call
help-mail = Need help? Write to
help-other = Need help?
privacy = Protection of personal data
the-portal = the portal
back-to-portal = Back to { $portal }

## Buttons

button-try-again = Try again
button-start-again = Sign in to { $portal } again
button-start-again-plain = Sign in again
button-reload = Reload the page
button-continue = Continue to { $portal }
button-continue-plain = Continue

## Choice of the account

choose-title = Choose the account you want to use to sign in to { $portal }
choose-title-plain = Choose the account you want to use to sign in
choose-then = After signing in you go back to { $portal }.

method-vneid = Electronic identity account issued by the Ministry of Public Security
    .how = VNeID: scan a QR code with the app, or enter your personal identification number and password
    .note = Not yet for administrator accounts
method-national = Account issued by the National Public Service Portal
    .how = The user name and password you were given before
method-vnpost = Account issued by Vietnam Post
    .how = The user name and password that Vietnam Post gave you
    .note = *Not for officials and employees of government bodies

method-link-only = Since { $date } this account only serves to be linked with a VNeID account.
method-past-cut-off = Since { $date } this account no longer works. The VNeID account replaces it.
method-switched-off = This way to sign in is paused. Please choose another one or come back later.

date-in-words = { $day } { $month } { $year }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

system-notice = System notice
    .rule = Under Decree 59/2022/NĐ-CP, since 1 July 2024 personal accounts created at the National Public Service Portal sign in with the electronic identity account of the Ministry of Public Security (VNeID).
    .link = To keep the dossiers and information you already have, please link your existing account with your VNeID account.

## Forms

fault-title = Something needs to be mended
fault-too-many = Too many attempts
    .wait = To protect the account, please wait { $minutes } min, then try again.
skip-step = Skip

## Sign-in with an old account

legacy-title-national = Sign in with the account issued by the National Public Service Portal
legacy-title-vnpost = Sign in with the account issued by Vietnam Post
legacy-then = After you sign in, the system looks whether the account holds your personal identification number.
legacy-proves-only = Since { $date } this account no longer signs you in. It only serves to be linked with a VNeID account.
legacy-then-vneid = Enter user name and password to confirm that the account is yours. After that you sign in with VNeID, and the system links the two.
legacy-administrators = This does not yet apply to administrator accounts.
legacy-user-name = User name
    .missing = Enter the user name
legacy-password = Password
    .missing = Enter the password
legacy-submit = Sign in
    .prove = Confirm the account
legacy-wrong = User name or password is wrong
    .what = The system does not recognise this user name together with this password.
    .advice = Check both, and whether Caps Lock or a Vietnamese keyboard is on, then enter them again.
back-to-choice = Choose another account

## Update from the population database

update-title = Update information from the population database
update-source = Verified against:
    .name = National Population Database
update-old-number = Old identity card number (CMT)
    .hint = 9 digits, on the old identity card. Leave it empty if you never had one.
    .bad = Enter the old identity card number: exactly 9 digits
update-personal-number = Personal identification number (CCCD)
    .hint = 12 digits, on the citizen card or in the VNeID app
    .bad = Enter the personal identification number: exactly 12 digits
    .contradicts = The personal identification number does not fit the date of birth or the sex. Check each digit.
update-full-name = Full name
    .hint = With diacritics, exactly as on the citizen card
    .bad = Enter the full name with diacritics, exactly as on the citizen card
update-birth-date = Date of birth
    .hint = Day/month/year, for example 05/09/1995
    .bad = Enter the date of birth as day/month/year, for example 05/09/1995
update-submit = Update
update-why = * Your account does not hold your personal identification number yet. Please enter your information to update the number from the National Population Database.
    .rule = * By rule of the Government, accounts made at the National Public Service Portal are used through a VNeID account. To keep the quality of service and the dossiers and information that you already have, please sign in to the portal and update your personal identification number and other information from the National Population Database. If you do not, you can no longer use the information of your present account since 1 July 2024.
update-later = If you skip this, you can update later under “Identity information”: choose “Update from the National Population Database”.

## The decree's notice

notice-title = Notice
    .decree = Under Decree 59/2022/NĐ-CP, since 1 July 2024 personal accounts created at the National Public Service Portal sign in through the electronic identity account of the Ministry of Public Security (VNeID). To keep the quality of service and the dossiers and information that you already have, please do the following to link them with your VNeID account:
    .request = Please: sign in to the system again with the electronic identity account issued by the Ministry of Public Security (VNeID). Once you have signed in, the system links the accounts. After that you can use your VNeID account each time to reach the system and go on with what you were doing.
notice-ends = Before { $date } you can still sign in with your present account.
notice-link = Sign in with VNeID
notice-skip-portal = If you skip this, you go to { $portal } and can link later.
notice-skip-portal-plain = If you skip this, you go to the portal and can link later.
notice-skip-choice = If you skip this, you are not signed in and go back to the choice of the account.

## Proof of an old account

hint-user-name = User name
hint-phone = Phone number
hint-last-used = Last used
hint-opened = Opened
hint-day = { $date }
hint-hidden = not shown
hint-ends = ends with { $known }
hint-begins-ends = first and last character: { $known }

prove-title = Confirm that the old account is yours
prove-found = We found an account issued by { $origin } that may be yours.
prove-why = This account was not verified against the National Population Database. So that no dossier goes to the wrong person, please confirm it before the system links it.
prove-password = Password of the account issued by { $origin }
    .missing = Enter the password of the old account
    .wrong = The password is wrong. Check whether Caps Lock or a Vietnamese keyboard is on, then enter it again.
prove-by-password = Confirm by password
    .button = Confirm by password
prove-by-code = Confirm by a code sent to the phone
    .how = The code goes by message to the phone number of the account.
    .button = Send a code to the phone
link-later = If you leave it for later, you still go to { $portal } with your VNeID account, without the dossiers of the old account. The system asks again the next time you sign in.
link-later-plain = If you leave it for later, you still go to the portal with your VNeID account, without the dossiers of the old account. The system asks again the next time you sign in.
link-later-button = Later

code-title = Enter the code
code-sent = The code goes by message to
code-label = Code
    .hint = The digits in the message. The code can be used for { $minutes } min.
    .missing = Enter the code of the message
    .wrong = The code is wrong. Attempts left: { $left }.
    .expired = The code can no longer be used. Press “Send the code again” to get a new one.
code-submit = Confirm
code-resend = Send the code again
    .when = No message yet? Wait a minute, then send the code again. The new code replaces the old one.
code-other-way = Confirm in another way

## Several old accounts

accounts-title = Choose the primary account
accounts-found = We found several accounts issued by { $origin } that may be yours.
accounts-others = From now on you use the primary account. The others are linked too after you confirm them, and { $origin } is told so that it can move their dossiers to the primary one.
accounts-legend = Which one is the primary account?
    .missing = Choose one account
accounts-number = Account { $number }
accounts-proven = Verified
accounts-needs-proof = You need to confirm that it is yours
accounts-submit = Make it the primary account

## A person and an organization

whom-title = As whom do you sign in to { $portal }?
whom-title-plain = As whom do you sign in?
whom-meaning = According to VNeID you can sign in for yourself or on behalf of an organization. Dossiers of a person and of an organization are kept apart.
whom-person = Person
whom-organization = Organization
whom-tax-code = Tax code: { $code }

## After linking

not-the-owner-ended = To protect you, both sign-ins have ended.

linked-title = Linked
linked-meaning = Your old account is now linked with your VNeID account.
linked-list = Linked accounts
linked-account = Linked account:
linked-on = Linked on: { $date }
linked-from-now = From now on you sign in with your VNeID account. The password of the old account can no longer be used.

not-linked-title = The old account is not linked
not-linked-name = An account issued by { $origin } holds your identification number, but its full name does not fit.
not-linked-birth = An account issued by { $origin } holds your identification number, but its date of birth does not fit.
not-linked-both = An account issued by { $origin } holds your identification number, but its full name and date of birth do not fit.
not-linked-unclear = An account issued by { $origin } must be checked before it can be linked.
not-linked-closed = The old account issued by { $origin } is closed and cannot be linked.
not-linked-locked = The old account issued by { $origin } is locked and cannot be linked.
not-linked-deceased = According to what the system was told, the old account issued by { $origin } belongs to somebody who has died, and cannot be linked.
not-linked-no-way = An account issued by { $origin } may be yours, but it has no password or phone number by which you could confirm it.
not-linked-changed = The details of the old account issued by { $origin } have just changed and no longer match yours, so it cannot be linked.
not-linked-goes-on = You still go to { $portal } with your VNeID account, without the dossiers of the old account.
not-linked-goes-on-plain = You still go to the portal with your VNeID account, without the dossiers of the old account.
not-linked-review = An official will check it. There is nothing else to do. If it is urgent, call for help and read out the two codes below.
not-linked-call = If you want the dossiers of the old account back, call for help and read out the two codes below.

## Consent

consent-title = Share information with { $portal }?
# A message to the phone of an old account.
message-code = { $code } is the code that confirms your old account. It works for { $minutes } minutes. Do not give it to anybody.

consent-who = You are signing in as
consent-list = { $portal } asks to know:
consent-only = Only the information above is shared. Your password is not shared.
consent-if-denied = If you do not agree, you go back to { $portal } and are not signed in.
consent-allow = Agree and continue
consent-deny = Do not agree

share-identity = A code by which the portal recognises you next time
share-profile = Full name, date of birth, sex
share-email = E-mail address
share-phone = Phone number
share-address = Address
share-citizen = Personal identification number, old identity card number and passport number (if any)
share-organization = Tax code, enterprise number and name of the organization, full name and personal identification number of who represents it (if you sign in on behalf of one)
share-offline = Permission to look this information up again after you leave the page, for a limited time

## Logout

logout-title = Do you want to sign out?
logout-effect = You will be signed out of this system. The portals that you signed in to from this browser are told, too.
logout-confirm = Sign out

logged-out-title = You are signed out
logged-out-shared = If you share this computer with others, close the browser.
logged-out-portals = Portals that are told
logged-out-told = Signed out
logged-out-pending = Being told
logged-out-unreached = Not reached. Open this portal and sign out there.

## A login that is over

resume-expired = This sign-in page has expired
    .what = For your safety, one sign-in lasts a short time only.
    .next = Press the button below to sign in again. There is nothing else to redo.
resume-finished = This sign-in is complete
    .what = You may have pressed your browser's back button.
    .next = Press the button below to go into the portal. If you are still signed in, there is nothing to enter again.
resume-stopped = This sign-in was stopped
    .what = You are not signed in to the portal.
    .next = Press the button below if you want to sign in again.

## Error pages

error-what-now = What you can do
error-reference = If you call for help, read out these two codes
error-code = Error code
error-trace = Trace code

error-unknown-portal = We do not recognise this portal
    .what = The link that brought you here is wrong, or this portal is not connected to the sign-in system.
    .advice = Open the portal afresh and press sign in. If you see this page again, tell the portal the error code below.
error-bad-return = We cannot take you back to the portal
    .what = The return address is not one that the portal has registered. To protect you, we stop here.
    .advice = Open the portal afresh and press sign in. If you see this page again, tell the portal the error code below.
error-malformed = The request cannot be read
    .what = The link or form that was sent is incomplete or damaged.
    .advice = Go back to the portal and press sign in again.
error-too-large = The request is too long
    .what = Your browser sent more than the system takes.
    .advice = Go back to the portal and press sign in again.
error-not-found = There is no such page
    .what = The address was mistyped, or the page is gone.
    .advice = Check the address, or open the portal and press sign in.
error-method = This page cannot be opened that way
    .what = You may have opened the address of a step in the middle.
    .advice = Go back to the portal and press sign in again.
error-too-many = Too many attempts
    .what = Too many requests came from where you are in a short time.
    .advice = Wait a few minutes, then reload the page.

error-login-unknown = We cannot find this sign-in
    .what = It may have begun too long ago, or part of the link is missing.
    .advice = Open the portal and press sign in again.
error-login-expired = This sign-in page has expired
    .what = For your safety, one sign-in lasts a short time only.
    .advice = Start to sign in again. There is nothing else to redo.
error-login-finished = This sign-in is complete
    .what = You may have pressed your browser's back button, or opened an old page again.
    .advice = Start again if you are not in the portal yet.
error-out-of-order = This step is out of order
    .what = The sign-in has moved on to another step, perhaps in another tab of your browser.
    .advice = Start to sign in again.
error-browser-forgot = Your browser did not keep the sign-in
    .what = Your browser blocks or has deleted what is needed to go on.
    .advice = Allow this site to keep data in your browser, leave private browsing if you use it, then start again.
error-other-browser = This sign-in belongs to another browser
    .what = The link was opened in another browser, or on another device, than the one where you began.
    .advice = Start to sign in again in this browser. Do not use sign-in links that others send you.
error-form-incomplete = The form came incomplete
    .what = The page may not have been fully loaded when you pressed the button.
    .advice = Try again. If you see this page again, start to sign in afresh from the portal.
error-form-foreign = This form is not from our page
    .what = To protect you, we take no forms sent from elsewhere.
    .advice = Try again. If a strange link brought you here, close the page and open the portal afresh.
error-form-used = This form was already sent
    .what = The button may have been pressed twice, or an old page opened again.
    .advice = Try again with a new page.
error-method-not-offered = This portal does not use that account
    .what = The account you chose is not in the portal's list.
    .advice = Choose another account.
error-method-off = This way to sign in is paused
    .what = The account you chose cannot be used at the moment.
    .advice = Choose another account, or come back later.
error-method-ended = This account no longer works
    .what = Under Decree 59/2022/NĐ-CP, the electronic identity account of the Ministry of Public Security (VNeID) replaces it.
    .advice = Choose the electronic identity account issued by the Ministry of Public Security.

error-vneid-denied = VNeID did not allow the sign-in
    .what = The sign-in was cancelled, or VNeID did not accept it.
    .advice = Try again. If you did not cancel, open the VNeID app and look for a message.
error-vneid-locked = VNeID says that the account is locked
    .what = While a VNeID account is locked, it cannot be used to sign in to the portals.
    .advice = Ask the nearest police office or the VNeID hotline to unlock it, then sign in again.
error-vneid-login-required = VNeID asks you to sign in again
    .what = Your earlier sign-in at VNeID can no longer be used.
    .advice = Try again and sign in on VNeID's page.
error-vneid-refused = VNeID reports an error
    .what = VNeID could not complete this sign-in. You did nothing wrong.
    .advice = Try again. If you see this page again, call for help.
error-vneid-busy = VNeID is busy
    .what = Many people are signing in through VNeID right now.
    .advice = Wait a minute, then try again.
error-vneid-answer-lost = VNeID has not sent a result
    .what = What came back from VNeID is incomplete.
    .advice = Try again.
error-vneid-answer-late = The result can no longer be used
    .what = The result that VNeID sent has expired or was used before.
    .advice = Try again. After signing in at VNeID, wait until the page moves on, and press nothing.
error-vneid-connection = Something is wrong between us and VNeID
    .what = The fault is on our side, not yours. The fault has been recorded for the operators.
    .advice = Try again in a few minutes. If it is urgent, call for help.
error-vneid-away = VNeID cannot be reached
    .what = VNeID does not answer. You did nothing wrong.
    .advice = Wait a few minutes, then try again.
error-vneid-slow = VNeID takes too long to answer
    .what = We waited, but no answer came. You did nothing wrong.
    .advice = Wait a minute, then try again.
error-vneid-paused = VNeID is interrupted
    .what = Many recent attempts failed, so we send nothing to VNeID for a while.
    .advice = Wait a few minutes, then try again.
error-vneid-garbled = VNeID's answer cannot be read
    .what = VNeID did not answer as agreed. You did nothing wrong.
    .advice = Try again. If you see this page again, call for help.
error-vneid-untrusted = The result cannot be trusted
    .what = We could not make sure that the result really comes from VNeID. To protect you, it is not used.
    .advice = Try again. If you see this page again, call for help.
error-vneid-mixed-up = The result does not belong to this sign-in
    .what = VNeID sent the result of another sign-in. To protect you, it is not used.
    .advice = Try again, and sign in in one tab of your browser only.
error-vneid-clock = The clocks of two systems differ
    .what = The time in VNeID's result does not fit ours. You did nothing wrong.
    .advice = Try again in a few minutes. If you see this page again, call for help.
error-vneid-not-fresh = Please sign in at VNeID again
    .what = The portal wants you to have signed in just now, but VNeID used your earlier sign-in.
    .advice = Try again, and sign in once more when you come to VNeID's page.
error-vneid-incomplete = VNeID sent too little
    .what = Something needed to recognise you is missing, for example your personal identification number or your full name.
    .advice = Open the VNeID app and see whether your information is complete. If it is and you see this page again, call for help.
error-vneid-contradiction = The information from VNeID does not fit together
    .what = The personal identification number does not fit the date of birth or the sex.
    .advice = Please ask a police office to check your information at VNeID, or call for help.
error-vneid-level-unknown = The level of authentication is not clear
    .what = VNeID named a level of authentication that this system does not know.
    .advice = Try again. If you see this page again, call for help.

error-return-incomplete = The link back is incomplete
    .what = Part of the link from VNeID is missing, perhaps because it was copied or cut.
    .advice = Open the portal and press sign in again.
error-return-unknown = We do not know this sign-in
    .what = It may have begun too long ago.
    .advice = Open the portal and press sign in again.
error-return-used = This result was already received
    .what = The page may have been reloaded, or you pressed your browser's back button.
    .advice = If you are not in the portal yet, start to sign in again.
error-return-other-browser = This sign-in began in another browser
    .what = VNeID's result was opened in another browser, or on another device, than the one where it began. To protect you, it is not used.
    .advice = Start to sign in again in this browser. Do not use sign-in links that others send you.

error-record-differs = Your information must be checked
    .what = What VNeID sent differs from what is on record. You are not signed in, and nothing has changed.
    .advice = An official must check it. Please call for help and read out the two codes below.
error-number-changed = Your identification number must be checked
    .what = VNeID sent another personal identification number than before. You are not signed in, and nothing has changed.
    .advice = If you were given a new number recently, call for help and read out the two codes below.
error-not-vouched = There is not enough ground to sign you in
    .what = This way to sign in may not confirm a personal identification number. You are not signed in.
    .advice = Start again and choose the account issued by the Ministry of Public Security, or call for help.
error-blocked = Signing in is suspended
    .what = The system does not allow to sign in with this information.
    .advice = If you believe that this is a mistake, call for help and read out the two codes below.
error-deceased = You cannot sign in with this number
    .what = According to what the system was told, this number belongs to somebody who has died.
    .advice = If this is a mistake, we apologise. Please ask a police office or call for help to have it mended.
error-level-not-reached = The level that the portal wants was not reached
    .what = The portal needs a higher level of authentication than the one you just used at VNeID.
    .advice = Try again and choose a stronger way at VNeID, for example your face.
error-account-level-one = You need a VNeID account of level 2
    .what = A VNeID account of level 1 cannot be used for this service.
    .advice = Take your identity papers to a police office to get an account of level 2, then sign in again.

error-attempts = Too many attempts were made
    .what = To protect the account, the system takes no password and no code for a while.
    .advice = Wait a few minutes, then try again. If you forgot the password, choose another way.
error-proof-not-offered = It cannot be confirmed in this way
    .what = The old account does not have the way of confirming that was chosen.
    .advice = Try again and choose another way, or leave it for later.
error-account-closed = The old account is closed or locked
    .what = This account can neither sign in nor be linked.
    .advice = Choose the electronic identity account issued by the Ministry of Public Security. If you need the dossiers of the old account, call for help.
error-not-the-owner = The two accounts do not belong to one person
    .what = The VNeID account that just signed in does not belong to the owner of the account that was entered before. Nothing was linked.
    .advice = Start again and sign in with your own VNeID. If both accounts are yours and you see this page again, call for help.
error-check-service-away = The password could not be checked
    .what = The system of the portal that issued the account does not answer. You did nothing wrong.
    .advice = Wait a few minutes, then try again, or choose another way.
error-message-not-sent = The message could not be sent
    .what = The message with the code could not be sent to the phone. You did nothing wrong.
    .advice = Wait a minute, then send the code again, or choose another way.
error-administrator-account = Administrator accounts are not linked with VNeID
    .what = An administrator account of a portal does not belong to one person alone.
    .advice = Sign in with the administrator account as before, or choose a personal account.
error-post-not-offered = The Vietnam Post account cannot be used here
    .what = This portal does not take accounts issued by Vietnam Post. They are not for officials and employees of government bodies either.
    .advice = Choose another account.
error-proof-expired = The time to confirm has passed
    .what = For your safety, confirming an account lasts a short time only. Nothing has changed.
    .advice = Start to sign in again.
error-review-pending = The old account is being checked
    .what = An official must check this account before it can be linked.
    .advice = There is nothing else to do. If it is urgent, call for help and read out the two codes below.
error-population-no-match = The information does not fit the National Population Database
    .what = What you entered does not belong to one person in the National Population Database.
    .advice = Check each field against the citizen card, then update again. If your papers changed recently, ask a police office.
error-population-several = The National Population Database could not tell one person
    .what = Several records answer to what you entered, so nothing was updated.
    .advice = Please ask a police office to check your record, or call for help.
error-population-slow = The National Population Database takes too long to answer
    .what = We waited, but no answer came. Nothing has changed.
    .advice = Wait a minute, then try again, or skip this and update later.
error-population-away = The National Population Database cannot be reached
    .what = The National Population Database does not answer. You did nothing wrong.
    .advice = Wait a few minutes, then try again, or skip this and update later.
error-population-refused = The National Population Database reports an error
    .what = The fault is on our side, not yours. The fault has been recorded for the operators.
    .advice = Try again in a few minutes, or skip this and update later. If it is urgent, call for help.
error-population-garbled = The answer of the National Population Database cannot be read
    .what = The National Population Database did not answer as agreed. You did nothing wrong.
    .advice = Try again. If you see this again, call for help.
error-population-deceased = The update cannot be made with this number
    .what = According to the National Population Database, this number belongs to somebody who has died.
    .advice = Check each digit. If this is a mistake, we apologise; please ask a police office to have it mended.
error-population-busy = The National Population Database is busy
    .what = Many people are updating right now, or the connection is paused.
    .advice = Wait a few minutes, then try again, or skip this and update later.
error-account-conflicts = This number could not be entered for the account
    .what = An official must check this update. Nothing has changed.
    .advice = If the number is really yours, sign in with VNeID, or call for help and read out the two codes below.
error-account-changed = The old account no longer matches your details
    .what = The details of this account have just changed, so it cannot be linked.
    .advice = If the account is really yours, call for help and read out the two codes below.

error-logout-unverified = We cannot verify the request to sign out
    .what = What the portal sent along is wrong, or is not from this system. You are not signed out.
    .advice = Go back to the portal and press sign out again.
error-logout-return = We cannot take you back after signing out
    .what = The return address is not one that the portal has registered. To protect you, we do not go there.
    .advice = Open the portal again to see whether you are signed out.

error-store-away = The system is interrupted
    .what = A part of the system does not answer at the moment. You did nothing wrong, and nothing is lost.
    .advice = Wait a minute, then reload the page.
error-internal = Something went wrong
    .what = The fault is on our side, not yours. The fault has been recorded for the operators.
    .advice = Reload the page. If you see this page again, call for help and read out the two codes below.
error-overloaded = The system is overloaded
    .what = Very many people are signing in right now.
    .advice = Wait a minute, then reload the page.
error-too-slow = The system takes too long to answer
    .what = The request took too much time and was stopped. You did nothing wrong.
    .advice = Wait a minute, then reload the page.

## Account pages

time-and-date = { $time } on { $date }
button-account = Go to My account
account-pages = The pages of your account
account-identity = What is known about you
account-update = Update from the National Population Database
account-links = Your linked accounts
account-history = Sign-in history
account-sessions = Where you are signed in
account-data = Your data
account-by-account = You are signed in with an account issued earlier, so you only see what that account holds. To see linked accounts and the sign-in history, and to download your data, sign out and sign in with VNeID.
account-news = Recent changes
    .advice = If you did not make these changes, call the help line at the bottom of the page now.

claim-name = Full name
claim-old-number = Old identity number (9 digits)
claim-number = Personal number (12 digits)
claim-born = Date of birth
claim-phone = Phone number
claim-gender = Sex
claim-email = Email
claim-address = Permanent address
claim-current-address = Current address
claim-passport = Passport number
claim-tax-code = Tax code
claim-business = Business code
claim-organization = Name of the organization
claim-source = Source:
gender-male = Male
gender-female = Female
mark-green = Verified
mark-yellow = Given by you, not verified
mark-red = No data
source-vneid = VNeID
source-population = National Population Database
legend = What the marks mean
    .green = green marks what was verified against the National Population Database or another trusted database.
    .yellow = yellow marks what a user typed in and no trusted database has verified.
    .red = red marks what there is no data for.

history-none = There is nothing in the history yet.
history-advice = If you see a sign-in that was not you, end it everywhere, change your VNeID password and call the help line at the bottom of the page. Times are those of Viet Nam.
history-older = Show earlier ones
history-newest = Back to the newest
past-signed-in = Signed in with VNeID
past-single = Entered a portal without signing in again
past-refused = A sign-in was refused
past-recorded = Signed in here for the first time
past-identity-added = Signed in with a new VNeID account of yours
past-allowed = Agreed to share information
past-denied = Did not agree to share information
past-linked = Linked an account issued earlier
past-unlinked = A linked account was unlinked
past-signed-out = Signed out
past-replaced = Somebody else signed in in the same browser
past-data-taken = Downloaded your data
past-ended = Ended a sign-in from My account
past-unlink-asked = Asked to remove a link
past-updated = Updated from the National Population Database
past-ended-by-operator = An operator ended a sign-in
past-level = Authentication level { $level }

sessions-advice = These are the places where you are signed in. If one of them is not you, end it now.
sessions-this = This browser
sessions-other = Another browser
sessions-began = Began at
sessions-used = Last used at
sessions-portals = Portals that you entered
sessions-end-this = Sign out of this browser
sessions-end = End
sessions-end-others = End all others
sessions-end-all = End all
sessions-told = The portals that you entered are told to sign you out as well.

links-account = Linked account:
links-date = Linked on:
links-none = You have not linked any account issued earlier.
another-title = Link another account
another-found = The system found an account that may be yours. Please confirm it:
another-waiting = Confirm the account issued by { $origin }
another-how = If you have another account issued earlier, sign in to it and then confirm with VNeID. Choose the kind of account:
links-unlinking = Your request to remove this link is being looked at
evidence-number = The portal had verified your personal number
evidence-old-number = The portal had verified your old identity number
evidence-tax-code = The portal had verified the tax code
evidence-password = You entered the password of the account
evidence-phone = You entered the code sent to the phone of the account
evidence-reviewed = Two officers decided it

unlink-title = Ask to remove this link
unlink-what = Afterwards the portal that issued this account no longer knows you as its owner. Your files at the portal are not deleted.
unlink-who = Two officers look at your request. Until then the link stays.
unlink-legend = Why do you want to remove the link?
    .missing = Choose a reason
unlink-not-mine = This account is not mine
unlink-not-by-me = I do not know how this link came about
unlink-not-used = I no longer use this portal
unlink-other = Another reason
unlink-submit = Send the request

data-what = You can download everything that is kept about you here: what is known about you and whether it is verified, linked accounts, the code by which each portal knows you, what you agreed to share, and the sign-in history.
data-care = The file holds personal information. Do not download it on a shared computer, and do not send it to others.
data-take = Download your data

error-own-not-signed-in = You are not signed in
    .what = The sign-in for My account was broken off or refused.
    .advice = Press the button below to sign in again.
error-own-form = The page you were on no longer works
    .what = You may have signed in again in another tab. Nothing has changed.
    .advice = Open My account again and repeat the last step.
error-own-for-citizens = This page needs a sign-in with VNeID
    .what = You are signed in with an account issued earlier.
    .advice = Sign out, then sign in with VNeID to use this page.
error-own-no-link = There is no such linked account
    .what = The link has been removed, or the address was copied wrongly.
    .advice = Open My account and look at your linked accounts.
error-own-unlink-rejected = This request was looked at before
    .what = Two officers looked at the same request and kept the link.
    .advice = If there is something new, call the help line at the bottom of the page.
error-own-no-update = This page cannot be used now
    .what = The National Population Database cannot be asked at present, or you are signed in for an organization.
    .advice = Open My account to see what is known about you.
confirm-what = Fill in what is missing. It is compared with the National Population Database by the number and the name below, which VNeID has verified.
confirm-nothing = There is nothing left to update. What is known about you is verified.
