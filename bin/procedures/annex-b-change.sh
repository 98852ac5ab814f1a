#!/bin/bash
# B.2.3: from the first operator to the second (on a run folder of annex-b-initial, or a new one)
# shellcheck source=bin/procedures/lib/annex-b.sh
. "$WALK_SCRIPTS/lib/annex-b.sh"
if fresh; then
	begin es pva ro vno sho-a sho-b m2me owner
	WALK_PROCEDURE=annex-b-initial
	manufacture
	initial_attach
	change_operator ro sho-a 001-02
	WALK_PROCEDURE=annex-b-change
fi
change_operator sho-a sho-b 001-03
say ''
say 'The M2ME is served by sho-b.'
