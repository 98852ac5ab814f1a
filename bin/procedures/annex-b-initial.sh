#!/bin/bash
# B.2.2, B.2.3: from the factory through the initial attach to the first operator
# shellcheck source=bin/procedures/lib/annex-b.sh
. "$WALK_SCRIPTS/lib/annex-b.sh"
begin es pva ro vno sho-a sho-b m2me owner
manufacture
initial_attach
change_operator ro sho-a 001-02
say ''
say 'The M2ME is served by sho-a.'
