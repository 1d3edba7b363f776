mod arriving;
mod deciding;
mod handing_over;
mod naming;
mod noting;
mod reviewing;
mod samples;
