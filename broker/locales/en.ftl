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

## Consent

consent-title = Share information with { $portal }?
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
share-organization = Tax code and name of the organization (if you sign in on behalf of one)
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
