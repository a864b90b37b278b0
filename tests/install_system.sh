#!/bin/sh
# What the tests need of the machine: Chromium, a font with Chinese, LibreOffice, pdftotext, PostgreSQL's programs and sqlite3;
# nginx, Redis and wrk for the whole installation as it is deployed and for load.
# Installs what is missing where this is a Debian and we are root; else says nothing and lets the tests say it.
set -eu
missing=""
command -v chromium >/dev/null || missing="$missing chromium"
[ -d /usr/share/fonts/opentype/noto ] || missing="$missing fonts-noto-cjk"
command -v soffice >/dev/null || missing="$missing libreoffice-calc-nogui"
command -v pdftotext >/dev/null || missing="$missing poppler-utils"
command -v sqlite3 >/dev/null || missing="$missing sqlite3"
command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || missing="$missing nginx-light"
command -v redis-server >/dev/null || missing="$missing redis-server"
command -v wrk >/dev/null || missing="$missing wrk"
[ -n "$missing" ] || exit 0
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 0
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086  # a list of names
apt-get install -y -qq --no-install-recommends $missing >/dev/null
