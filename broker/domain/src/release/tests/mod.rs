mod releasing;
mod samples;
mod verifying;
