"""Sync of one desk file with the city server: push, then pull, over any carrier.

    enrolment, reply = sync.http.enrol(url, code, desk_file.device_id(), "村部电脑")
    with sync.http.HttpCarrier(enrolment, keep=store_it_again) as carrier:
        report = sync.loop.synchronise(desk_file, carrier, show, cancelled=asked_to_stop)

`keep` is told each new login token, so that the next sync needs no login. A conflict is settled by an
ordinary edit of its path with `resolves` set to the conflict's id, sent with the next sync.
"""
