-- Every instance looks for links that have just ended, and for those that operators have just made: who had signed in by the one or the
-- other signs in anew.
CREATE INDEX links_ended ON links (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX links_reviewed ON links (linked_at) WHERE evidence = 'review';
CREATE INDEX links_former ON links (account_id) WHERE ended_at IS NOT NULL;
