#!/bin/sh
# Creates the development CA and the certificates of compose.yaml in the folder $1, once.
set -eu
dir=$1
if [ -e "$dir/ca.pem" ]; then
  echo "the certificates exist already"
  exit 0
fi
headgate pki init "$dir"
headgate pki issue "$dir" server --server --dns localhost --dns headgate
headgate pki issue "$dir" pump-1 --subject "O=Acme,CN=pump-1" --uri spiffe://acme/p1/pump-1
headgate pki issue "$dir" erp-1 --subject "O=Acme,OU=erp,CN=erp-1"
headgate pki issue "$dir" stranger --subject "O=Elsewhere,CN=stranger"
# headgate runs as the user `node` (1000), which alone may read its key.
chown 1000:1000 "$dir/server.key"
