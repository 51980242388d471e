#!/bin/sh
# Puts GraphiQL, React and ReactDOM (all MIT) into api/static/graphiql, so that the page needs no
# network. Wants npm. Run it again only to change a version; SHA256SUMS then changes with the files.
set -eu

GRAPHIQL=4.1.2
REACT=18.3.1

target="$(cd "$(dirname "$0")/.." && pwd)/api/static/graphiql"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"

unpack() { # package, version
    npm pack --silent "$1@$2" >/dev/null
    mkdir "$1"
    tar -xzf "$1-$2.tgz" -C "$1" --strip-components 1
    cp "$1/LICENSE" "$target/LICENSE.$1"
}

copy() { # source, name: without the pointer to a source map that is not served
    sed '/^\/\/# sourceMappingURL=/d; s/\/\*# sourceMappingURL=[^*]*\*\///' "$1" >"$target/$2"
}

unpack graphiql "$GRAPHIQL"
unpack react "$REACT"
unpack react-dom "$REACT"
copy graphiql/graphiql.min.js graphiql.min.js
copy graphiql/graphiql.min.css graphiql.min.css
copy react/umd/react.production.min.js react.production.min.js
copy react-dom/umd/react-dom.production.min.js react-dom.production.min.js

cd "$target"
sha256sum LICENSE.* ./*.min.js ./*.min.css | sed 's/ \.\// /' >SHA256SUMS
