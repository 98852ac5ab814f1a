#!/bin/bash
# 5.1.3.6.3: initial provisioning over 3GPP access, DPF at the RO, validation by a PVA with OCSP
# shellcheck source=bin/procedures/lib/alt1.sh
. "$WALK_SCRIPTS/lib/alt1.sh"
begin es pva ro vno sho-a sho-b m2me owner
factory
initial_3gpp sho-a 001-02
say ''
say 'The M2ME is served by sho-a.'
