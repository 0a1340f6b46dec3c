// Prints what github.com/docker/distribution/reference and github.com/opencontainers/go-digest make of many texts:
// the data of ReferenceVectorsTest and DigestVectorsTest. See README.md.
package main

import (
	_ "crypto/sha256"
	_ "crypto/sha512"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/docker/distribution/reference"
	"github.com/opencontainers/go-digest"
)

const hex64 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// escape writes all bytes but visible ASCII, and the signs % and #, as %XX; an empty text becomes a dash.
func escape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c > '~' || c == '%' || c == '#' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	switch b.String() {
	case "":
		return "-"
	case "-":
		return "%2D"
	}
	return b.String()
}

func row(fields ...string) {
	for i := range fields {
		fields[i] = escape(fields[i])
	}
	fmt.Println(strings.Join(fields, " "))
}

var seen = map[string]bool{}

func try(s string) {
	if seen[s] {
		return
	}
	seen[s] = true
	named, err := reference.ParseNormalizedNamed(s)
	if err != nil {
		row(s, "error")
		return
	}
	named = reference.TagNameOnly(named)
	tag, dgst := "", ""
	if t, ok := named.(reference.Tagged); ok {
		tag = t.Tag()
	}
	if d, ok := named.(reference.Digested); ok {
		dgst = d.Digest().String()
	}
	row(s, reference.Domain(named), reference.Path(named), tag, dgst,
		reference.FamiliarName(named), reference.FamiliarString(named), named.String())
}

func digests() []string {
	all := []string{"", ":", "sha256", "sha256:", ":" + hex64, "sha256::" + hex64, "sha256: " + hex64, " sha256:" + hex64,
		"sha256:" + hex64 + "\n", "sha256:" + hex64 + " ", "sha256:../../../../etc/passwd", "sha256/x:" + hex64,
		"multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8",
		"sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564", "a.b_c-d+e:x=", "1:1", "a--b:abc", "a..b:abc", "-a:abc",
		"a-:abc", "x:a/b", "x:a.b", "x:a+b", "x:a b", "x:%61", "\u00e9:abc", "x:\u00e9", "x:\u0000", "sha256:" + hex64 + "@x"}
	for _, algorithm := range []string{"sha256", "sha384", "sha512", "blake3", "sha1", "md5", "crc32", "SHA256", "Sha512", "sha-256", "sha3.256"} {
		for _, n := range []int{1, 31, 32, 33, 40, 63, 64, 65, 95, 96, 97, 127, 128, 129} {
			all = append(all, algorithm+":"+strings.Repeat(hex64, 3)[:n])
		}
		all = append(all, algorithm+":"+strings.ToUpper(hex64), algorithm+":"+"g"+hex64[1:], algorithm+":"+hex64[:63]+"=",
			algorithm+":"+strings.Repeat("A", 96), algorithm+":"+strings.Repeat("F", 128), algorithm+":"+strings.Repeat("_", 64))
	}
	return all
}

func references() {
	long := func(c string, n int) string { return strings.Repeat(c, n) }
	hosts := []string{"", "docker.io", "index.docker.io", "registry-1.docker.io", "Docker.io", "hub.docker.io", "docker.com",
		"localhost", "localhost:5000", "Localhost", "LOCALHOST", "localhost.", "registry.example", "registry.example:5000",
		"Registry.Example", "REGISTRY", "registry", "host:0", "host:1", "host:80", "host:00080", "host:65535", "host:65536",
		"host:99999", "host:100000", "host:", "host:port", "host:-1", "host:5000:5000", "127.0.0.1", "127.0.0.1:5000", "1.2.3",
		"a-b.example", "-a.example", "a-.example", "a..example", ".example", "example.", "a_b.example", "a_b", "a--b.example",
		"xn--n3h.example", "\u00fc.example", "[::1]", "[::1]:5000", "[2001:db8::1]", "[2001:DB8::1]:443", "[::1%25eth0]", "[::1",
		"::1", "[]", "[::ffff:1.2.3.4]", "[g::1]", "user@host.example", "user:pass@host.example", "host.example:5000 "}
	paths := []string{"x", "library/x", "library", "library/a/x", "acme/server", "a/b/c/d", "X", "acme/Server", "x/", "/x", "a//b",
		"localhost/x", "a.example/x", "docker.io/x", hex64, "library/" + hex64, hex64[:63], hex64 + "0", strings.ToUpper(hex64)}
	tags := []string{"", ":1", ":latest", ":", "::", ":1:2", ":Tag_1.2-3", ":-x", ":.x", ":_x", ":a/b", ":" + long("t", 127),
		":" + long("t", 128), ":" + long("t", 129), ":\u00e9", ":a b", ":a\n", ":a\u0000", ":+", ":a@", ":5000", ":5000/y"}
	for _, host := range hosts {
		for _, path := range paths {
			name := path
			if host != "" {
				name = host + "/" + path
			}
			try(name)
		}
		try(host)
		try(host + ":1")
		try(host + "@sha256:" + hex64)
	}
	for _, name := range []string{"x", "acme/server", "localhost/x", "registry.example:5000/acme/server", "docker.io/library/x", hex64} {
		for _, tag := range tags {
			try(name + tag)
			try(name + tag + "@sha256:" + hex64)
		}
	}
	for _, d := range digests() {
		try("x@" + d)
		try("registry.example/acme/x:1@" + d)
	}
	for _, separator := range []string{".", "..", "_", "__", "___", "-", "--", "---", "._", "_.", "-_", ".-", "+", " ", "\t", "\n", "\r\n",
		"\u0000", "\u007f", "\u00a0", "\u00e9", "\u0131", "\u2028", "\u200b", "\U0001F600", "\\", "%2f", "%", "?", "#", "&", "=", "!", "~", ",", ";", "'", "\"", "*", "<",
		"|", "^", "`", "$", "(", "[", "]", "{", "@", ":", "/", "\u212a"} {
		for _, s := range []string{"a" + separator + "b", separator + "a", "a" + separator, "acme/a" + separator + "b",
			"registry.example/a" + separator + "/b", "reg" + separator + "istry.example/a", "x:1" + separator + "2",
			"x:1" + separator, "registry.example:50" + separator + "00/a"} {
			try(s)
		}
	}
	for _, s := range []string{"", "/", "//", "/x", "x/", "a/b/", "a//b", "a/./b", "a/../b", "../x", ".", "..", "./x", "~/x", "@", ":", "x@", "@x",
		"x@@sha256:" + hex64, "x@sha256:" + hex64 + "@sha256:" + hex64, "x@1", "sha256:" + hex64, hex64, hex64 + ":1", hex64[:12], hex64[:63] + "g",
		strings.ToUpper(hex64), "x:1@sha256:" + hex64 + ":2", "x@sha256:" + hex64 + "/y", "https://registry.example/x", "http://localhost:5000/x",
		"docker://x", "oci:x", "oci://x", "docker-archive:x", "containers-storage:x", "file:///etc/passwd", "dir:/tmp/x", "//registry.example/x",
		"registry.example/x?y=z", "registry.example/x#y", "registry.example:5000", "registry.example", "user@registry.example/x",
		"registry.example\\x", " x", "x ", "\ufeffx", "x\u0000", "\u202ex"} {
		try(s)
	}
	for _, n := range []int{127, 128, 129, 237, 238, 239, 244, 245, 246, 254, 255, 256} {
		try(long("a", n))
		try("localhost/" + long("a", n))
		try(long("a", n) + "/x")
		try("localhost/" + strings.Repeat("a/", n/2) + "a")
		try(long("a", n) + ".example/x")
		try("x:" + long("a", n))
		try("localhost/" + long("a", n) + ":" + long("t", 128) + "@sha512:" + hex64 + hex64)
	}
}

func main() {
	if os.Args[1] == "references" {
		fmt.Println("# Made by oci-spec/src/test/vectors/references.go with github.com/docker/distribution 2.8.2; do not edit.")
		fmt.Println("# text, then error, or: host repository tag digest familiar-name familiar canonical; all %XX-escaped, - is empty")
		references()
		return
	}
	fmt.Println("# Made by oci-spec/src/test/vectors/references.go with github.com/opencontainers/go-digest 1.0.0; do not edit.")
	fmt.Println("# text (%XX-escaped, - is empty), then valid, unsupported (well-formed, algorithm not known) or error")
	for _, d := range digests() {
		result := "valid"
		if _, err := digest.Parse(d); errors.Is(err, digest.ErrDigestUnsupported) {
			result = "unsupported"
		} else if err != nil {
			result = "error"
		}
		row(d, result)
	}
}
