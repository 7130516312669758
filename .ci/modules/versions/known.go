package main

import (
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// vulnerable are versions of a module with a vulnerability: all before fixed, from
// since on where only later ones have it.
type vulnerable struct {
	path, since, fixed, id string
}

// known are vulnerabilities that were in a graph of ours, so that they don't come
// back where govulncheck's database can't be reached. It does not replace
// govulncheck.
func known() []vulnerable {
	return []vulnerable{
		{path: "github.com/gabriel-vasile/mimetype", since: "v1.4.15", fixed: "v1.4.16", id: "GHSA-jjmc-jx7j-hp68"},
		{path: "github.com/go-jose/go-jose/v3", fixed: "v3.0.5", id: "CVE-2026-34986"},
		{path: "github.com/go-jose/go-jose/v4", fixed: "v4.1.4", id: "CVE-2026-34986"},
		{path: "golang.org/x/net", fixed: "v0.53.0", id: "GO-2026-4918"},
	}
}

func knownBad(all []module.Version) []finding {
	var bad []finding
	for _, v := range all {
		for _, k := range known() {
			if v.Path == k.path && semver.Compare(v.Version, k.since) >= 0 && semver.Compare(v.Version, k.fixed) < 0 {
				bad = append(bad, finding{v, k.id + ", fixed in " + k.fixed})
			}
		}
	}
	return bad
}
