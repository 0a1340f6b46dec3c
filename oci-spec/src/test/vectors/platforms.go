// Prints what github.com/containerd/containerd/platforms makes of many platforms: the data of PlatformVectorsTest.
// See README.md.
package main

import (
	"fmt"
	"sort"
	"strings"

	"github.com/containerd/containerd/platforms"
	specs "github.com/opencontainers/image-spec/specs-go/v1"
)

func text(p specs.Platform) string {
	return p.OS + "/" + p.Architecture + "/" + p.Variant
}

func platform(s string) specs.Platform {
	parts := strings.Split(s+"/", "/")
	return specs.Platform{OS: parts[0], Architecture: parts[1], Variant: parts[2]}
}

func main() {
	fmt.Println("# Made by oci-spec/src/test/vectors/platforms.go with github.com/containerd/containerd 1.6.20; do not edit.")
	fmt.Println("# Later releases (github.com/containerd/platforms 1.0) know more: variants of arm64 with a dot, os(version)/arch.")
	fmt.Println("# parse TEXT NORMALISED, where platforms are os/arch/variant (with a last slash also where the variant is empty)")
	systems := []string{"linux", "Linux", "windows", "darwin", "macos", "macOS", "freebsd", "wasip1", "a_b", "a-b", "a.b", "a b", "-a", "_a", ""}
	architectures := []string{"amd64", "AMD64", "x86_64", "X86_64", "x86-64", "i386", "386", "i486", "i686", "x86", "arm", "ARM", "armhf",
		"armel", "arm64", "aarch64", "AArch64", "ppc64le", "s390x", "riscv64", "loong64", "loongarch64", "mips64le", "wasm", "unknown", "a.b", "..", "-", ""}
	variants := []string{"", "v1", "V1", "1", "v2", "v3", "v4", "v5", "5", "v6", "6", "v7", "V7", "7", "v8", "8", "V8", "v9", "v8.1", "hard-float", "power9", "-", "a/b", " "}
	var specifiers []string
	for _, os := range systems {
		specifiers = append(specifiers, os+"/amd64", os+"/arm/v6")
	}
	for _, architecture := range architectures {
		specifiers = append(specifiers, "linux/"+architecture)
		for _, variant := range variants {
			specifiers = append(specifiers, "linux/"+architecture+"/"+variant)
		}
	}
	specifiers = append(specifiers, "linux", "amd64", "arm64", "", "/", "//", "///", "linux/amd64/v1/x", "linux/*", "*/amd64", "linux//v7")
	for _, s := range specifiers {
		p, err := platforms.Parse(s)
		result := "error"
		if err == nil {
			result = text(platforms.Normalize(p))
		}
		fmt.Printf("parse\t%s\t%s\n", s, result)
	}

	fmt.Println("# normalise PLATFORM NORMALISED, the platform being as a document has it")
	for _, architecture := range architectures {
		for _, variant := range variants {
			if !strings.Contains(variant, "/") {
				p := specs.Platform{OS: "Linux", Architecture: architecture, Variant: variant}
				fmt.Printf("normalise\t%s\t%s\n", text(p), text(platforms.Normalize(p)))
			}
		}
	}

	fmt.Println("# order WANTED CANDIDATES MATCHING, by platforms.Only: those that match, best first, ties in their order")
	candidates := strings.Fields("linux/s390x linux/386 linux/arm/v5 linux/arm/v6 linux/arm64 linux/arm/v7 linux/arm/v8 linux/arm linux/arm64/v8 " +
		"linux/amd64/v2 linux/amd64 linux/amd64/v1 linux/amd64/v3 linux/amd64/v4 linux/x86_64 linux/aarch64 linux/i386 linux/armhf linux/armel " +
		"linux/arm/v4 linux/arm/6 windows/amd64 windows/386 windows/arm64 darwin/arm64 macos/aarch64 linux/ppc64le linux/riscv64 Linux/AMD64/V2 linux/arm64/v9")
	wanted := append(strings.Fields("linux/amd64/v5 linux/arm/v3 linux/arm/v9 linux/arm64/v7 linux/arm64/v6 linux/arm64/9 windows/arm freebsd/amd64 darwin/amd64 linux/amd64/x"), candidates...)
	for turn := 0; turn < 2; turn++ {
		for _, want := range wanted {
			matcher := platforms.Only(platform(want))
			var matching []string
			for _, c := range candidates {
				if matcher.Match(platform(c)) {
					matching = append(matching, c)
				}
			}
			sort.SliceStable(matching, func(i, j int) bool {
				return matcher.Less(platform(matching[i]), platform(matching[j]))
			})
			fmt.Printf("order\t%s\t%s\t%s\n", want, strings.Join(candidates, ","), strings.Join(matching, ","))
		}
		for i, j := 0, len(candidates)-1; i < j; i, j = i+1, j-1 {
			candidates[i], candidates[j] = candidates[j], candidates[i]
		}
	}
}
