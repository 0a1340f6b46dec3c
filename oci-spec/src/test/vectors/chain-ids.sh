#!/bin/sh
# Prints diff IDs and chain IDs in turn, for stacks of 1 to 20 layers: image-spec, config.md, "Layer ChainID".
echo "# Made by oci-spec/src/test/vectors/chain-ids.sh with sha256sum; do not edit."
echo "# one layer a line, lowest first: its diff ID, then the chain ID of the layers up to it"
chain=
for i in $(seq 1 20); do
    diff=sha256:$(printf 'layer %d' "$i" | sha256sum | cut -d' ' -f1)
    if [ -z "$chain" ]; then chain=$diff; else chain=sha256:$(printf '%s %s' "$chain" "$diff" | sha256sum | cut -d' ' -f1); fi
    echo "$diff $chain"
done
