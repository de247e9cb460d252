#!/bin/sh
# Makes the secrets of this overlay in the cluster of the current context, once, before it
# is applied, and prints the SQL that makes the logins of the functions, for after the Job
# of migrations has run:
#   sh deploy/overlays/local/secrets.sh > logins.sql
#   kubectl apply --server-side -k deploy/overlays/local
#   kubectl --namespace retire wait --for=condition=complete job/retire-blue-migrate
#   kubectl --namespace retire exec --stdin retire-postgres-0 -- \
#       psql --username postgres retire < logins.sql
set -eu

password() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
secret() {
    name=$1
    shift
    kubectl --namespace retire create secret generic "$name" --dry-run=client --output yaml "$@" \
        | kubectl apply --server-side --filename - >&2
}

database=retire-postgres.retire.svc.cluster.local:5432/retire
pooler=retire-pgbouncer.retire.svc.cluster.local:5432/retire

postgres=$(password)
secret retire-postgres "--from-literal=password=$postgres"
secret retire-migrations "--from-literal=database_url=postgres://postgres:$postgres@$database"
secret retire-events "--from-literal=upvest_raw_key=local:$(head -c 32 /dev/urandom | base64)"

userlist=
for function in tontine-calc credit-accrual upvest-webhook data-query; do
    login=$(printf '%s' "$function" | tr - _)
    own=$(password)
    userlist="$userlist\"$login\" \"$own\"
"
    secret "retire-$function" "--from-literal=database_url=postgres://$login:$own@$pooler"
    echo "create role $login login password '$own' in role retire_$login;"
done

exporter=$(password)
userlist="$userlist\"exporter\" \"$exporter\"
"
secret retire-pgbouncer "--from-literal=userlist.txt=$userlist" \
    "--from-literal=exporter_url=postgres://exporter:$exporter@127.0.0.1:5432/pgbouncer?sslmode=disable"
