"""The city server (市级服务器): orders, merges and keeps everyone's ops.

    admin.init("sqlite:///FILE", folder)                  the database, the city's authority, a certificate
    admin.code(database, ("341021100001",), "village")    {"code", "expires"}
    admin.add_form(database, form)                        {"form", "version"}
    serving.serve(database, host, port, tls_cert, tls_key)

`database` speaks to SQLite or PostgreSQL, `schema` names the tables, `ledger` pushes and pulls, `apply`
merges a chunk in one transaction, `changes` reads streams, `permission` alone decides who may do what, `app`
is HTTP.
"""
