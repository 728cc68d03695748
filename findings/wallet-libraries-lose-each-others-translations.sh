#!/usr/bin/env bash
# Packages: npm passkit-generator 3.6.1, npm @walletpass/pass-js 6.9.8, npm node-forge 1.4.3.
#
# Behaviour: the texts of a pass for Apple Wallet lie in a pass.strings per language. passkit-generator writes and reads it in UTF-8, pass-js
# in UTF-16, and neither looks for the mark at its start. A template that the other one has made loads without complaint: pass-js finds
# a language with no text in it, passkit-generator drops the file, and the pass shows the keys (DOORS instead of Einlass). A quote in a
# text is written by passkit-generator as it is, against the grammar of the format; pass-js puts a backslash before it.
# A good engineer would guess: what one library packs into the one format of the one wallet, the other unpacks, or refuses.
# Bites: a move from one library to the other, and designers' templates; the pass opens, and only in the other language looks odd.
#
# Seen on 2026-12-01, Node 20.20.2:
# > passkit-generator writes 22444f4f: "DOORS" = "Einlass"; "VENUE" = "Club "Ring"";
# > pass-js writes fffe2200: "DOORS" = "Einlass"; "VENUE" = "Club \"Ring\"";
# > passkit-generator, its own again: "DOORS" = "Einlass"; "VENUE" = "Club "Ring"";
# > passkit-generator, that of pass-js: no file
# > pass-js, that of passkit-generator: languages de, texts 0
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --no-save passkit-generator@3.6.1 @walletpass/pass-js@6.9.8 node-forge@1.4.3

cat >show.mjs <<'EOF'
import forge from 'node-forge';
import { PKPass } from 'passkit-generator';
import { Template } from '@walletpass/pass-js';

// A pass must be signed to be packed; any certificate will do here.
const keys = forge.pki.rsa.generateKeyPair(2048);
const certificate = forge.pki.createCertificate();
certificate.publicKey = keys.publicKey;
certificate.validity.notAfter = new Date(Date.now() + 864e5);
certificate.sign(keys.privateKey, forge.md.sha256.create());
const signerCert = forge.pki.certificateToPem(certificate);
const certificates = { wwdr: signerCert, signerCert, signerKey: forge.pki.privateKeyToPem(keys.privateKey) };

const path = 'de.lproj/pass.strings';
const texts = { DOORS: 'Einlass', VENUE: 'Club "Ring"' };
const fields = {
  formatVersion: 1, passTypeIdentifier: 'pass.example', teamIdentifier: 'X', organizationName: 'X', description: 'X', serialNumber: '1',
  eventTicket: {},
};
const open = (files) => new PKPass({ 'pass.json': Buffer.from(JSON.stringify(fields)), ...files }, certificates);
const shown = (file) => (file ? file.toString().replaceAll('\n', ' ') : 'no file');
console.warn = () => {}; // Both miss an icon.

const first = open();
first.localize('de', texts);
const utf8 = first.getAsRaw()[path];
const second = new Template('eventTicket', fields);
second.localization.add('de', texts);
const [{ data: utf16 }] = second.localization.toArray();
console.log(`passkit-generator writes ${utf8.subarray(0, 4).toString('hex')}: ${shown(utf8)}`);
console.log(`pass-js writes ${utf16.subarray(0, 4).toString('hex')}: ${shown(utf16.toString('utf16le').slice(1))}`);
console.log(`passkit-generator, its own again: ${shown(open({ [path]: utf8 }).getAsRaw()[path])}`);
console.log(`passkit-generator, that of pass-js: ${shown(open({ [path]: utf16 }).getAsRaw()[path])}`);
const { localization } = await Template.fromBuffer(first.getAsBuffer());
console.log(`pass-js, that of passkit-generator: languages ${[...localization.keys()]}, texts ${localization.get('de').size}`);
EOF
node show.mjs | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
