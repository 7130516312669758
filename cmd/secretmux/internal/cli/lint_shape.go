package cli

import (
	"fmt"
	"strings"

	"github.com/secretmux/secretmux"
)

// The rules about links that don't go together.

// neverReached is L04.
func neverReached(_ *lintOptions, links []secretmux.ConfigLink) []hit {
	var hits []hit
	last := links[len(links)-1].Overlay
	for i, link := range links {
		on, _ := link.URI.Param("on")
		_, only := link.URI.Param("only")
		if !isAWS(link.URI.Scheme) || link.Overlay == last || only || strings.Contains(on, "denied") {
			continue
		}
		hits = append(hits, hit{link: i + 1, text: "AWS answers \"denied\" for an unknown name unless a policy allows the whole folder: " +
			"then the links behind it are never reached; allow the folder, or say only="})
	}
	return hits
}

func isAWS(scheme string) bool { return scheme == "aws-sm" || scheme == "aws-ps" }

// unlikeReplicas is L11. The path of a file is its place, so that copies have two.
func unlikeReplicas(_ *lintOptions, links []secretmux.ConfigLink) []hit {
	var hits []hit
	for i := 1; i < len(links); i++ {
		first, second := links[i-1].URI, links[i].URI
		if links[i].Replica == 0 {
			continue
		}
		folders := !isFile(first.Scheme) && strings.Trim(first.Path, "/") != strings.Trim(second.Path, "/")
		if first.Scheme != second.Scheme || folders {
			hits = append(hits, hit{link: i + 1, text: "| is for the same data in two places, and these differ in scheme or folder; a comma makes an overlay"})
		}
	}
	return hits
}

// twice is a part of L13.
func twice(_ *lintOptions, links []secretmux.ConfigLink) []hit {
	var hits []hit
	seen := map[string]int{}
	for i, link := range links {
		text := link.URI.String()
		if before, again := seen[text]; again {
			hits = append(hits, hit{link: i + 1, text: fmt.Sprintf("it is the same as link %d", before)})
			continue
		}
		seen[text] = i + 1
	}
	return hits
}

// namesNeedSep is a part of L13. Only the names of --refs are known offline.
func namesNeedSep(o *lintOptions, links []secretmux.ConfigLink) []hit {
	var hits []hit
	for i, link := range links {
		_, sep := link.URI.Param("sep")
		_, document := link.URI.Param("document")
		_, only := link.URI.Param("only")
		if link.URI.Scheme != "gcp-sm" && link.URI.Scheme != "azure-kv" || sep || document || only {
			continue
		}
		for _, name := range o.names {
			if strings.Contains(name, "/") {
				hits = append(hits, hit{link: i + 1, text: "names of --refs have a /, which this store can't hold; sep=-- replaces it"})
				break
			}
		}
	}
	return hits
}
