-- Every instance looks for links that have just ended: whoever had one signs in anew.
CREATE INDEX links_ended ON links (ended_at) WHERE ended_at IS NOT NULL;
