#!/bin/sh
# Opens an envelope of the default profile with nothing but openssl.
#
#   sh open.sh message.json receiver-private.pem sender-public.pem
#
# Prints the payload when the signature is right, fails otherwise.
set -eu

message=$1 receiver=$2 sender=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$message"; }

# An OCTET STRING of the hex, without its header, is the hex in bytes.
bytes() { openssl asn1parse -genstr "FORMAT:HEX,OCTETSTRING:$1" -noout -out "$work/der" && tail -c "$((${#1} / 2))" "$work/der"; }

bytes "$(member keyEnc)" >"$work/wrapped"
bytes "$(member sign)" >"$work/signature"

# The wrapped text is the Base64 of the AES key.
key=$(openssl pkeyutl -decrypt -inkey "$receiver" -pkeyopt rsa_padding_mode:pkcs1 -in "$work/wrapped" |
	openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
member encrypt | tr -d '\n' | openssl enc -d -aes-128-ecb -K "$key" -base64 -A -out "$work/payload"
openssl dgst -sha1 -verify "$sender" -signature "$work/signature" "$work/payload" >/dev/null
cat "$work/payload"
