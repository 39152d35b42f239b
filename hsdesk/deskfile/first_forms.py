"""The forms that programs brought before a database noted where a definition came from, for its migrations.

Anything else that lies in such a database was received from the city server, or installed by hand.
"""

from __future__ import annotations

_FORMS = """
    community 5b9a25f0add126b5
    population_stat e70c1e97d5248d3f
    fund 898c19e348d1e3af
    grid 80444225a772ba84
    grid_staff 8a9be47d73548f41
    party_org ebd2dac3f6fa277b
    party_member 778c97452d88e481
    member_checkin 041aee177ebe63bf
    pledge fd3033dc16fd0107
    post b4c27bee46c73c7c
    visit ea05bdce7b7e6deb
    team ecff0383fc56da15
    social_org e7b140b8127f89d3
    org_activity 9e43eb125c90a98b
    org_support 0cff7bf69c272ea3
    tri_project 73b54dffc8ae0218
    project_eval 9001034d3b018943
    worker d5da1b769ae9c514
    training 4ad014887f73567a
    self_gov_body b8d38f9bc5056c51
    charter 9b97535ae514b455
    deliberation bf4e829d6a50e596
    point_rule 44229bf6710fca49
    household 45dd7ed0b8792cc7
    point_ledger 1093a97cc927df8e
    redeem ec584f01e8449652
    access_item a01cd40d12063277
    seal_use 006ac55deda12d7b
    integrity_stat 835a4db9caaaad60
    volunteer 0ba8cfb4df9eea3a
    vol_activity ad31674686fdf3d8
    vol_record e7f240639951f697
    vol_award 671a2a3e93757bae
    facility c423825abf42ab54
    open_venue ba46bd3d02d7c40c
    pilot 2bac76c99b8c9874
    task 20c4e33936147185
    task_progress 08a95653b73dcc15
    policy_doc 8f0b109a6349efaf
    exchange 37b56b34acbf4987
"""  # form id and digest of its JSON, of version 0.1.0

FIRST_FORMS: dict[str, str] = dict(line.split() for line in _FORMS.strip().splitlines())
