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
		hits = append(hits, hit{link: i + 1, text: "AWS answers \"denied\" for an unknown name unless a policy allows the whole folder, " +
			"and then the links after this one are never asked; allow the folder, or write only="})
	}
	return hits
}

func isAWS(scheme string) bool { return scheme == "aws-sm" || scheme == "aws-ps" }

// unlikeReplicas is L11. The folders of files are not compared, because two copies
// of a file must have different paths.
func unlikeReplicas(_ *lintOptions, links []secretmux.ConfigLink) []hit {
	var hits []hit
	for i := 1; i < len(links); i++ {
		first, second := links[i-1].URI, links[i].URI
		if links[i].Replica == 0 {
			continue
		}
		folders := !isFile(first.Scheme) && strings.Trim(first.Path, "/") != strings.Trim(second.Path, "/")
		if first.Scheme != second.Scheme || folders {
			hits = append(hits, hit{link: i + 1, text: "| is for two copies of the same data, but these links differ in scheme or folder; for an overlay write a comma"})
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
			hits = append(hits, hit{link: i + 1, text: fmt.Sprintf("the link is the same as link %d; remove one", before)})
			continue
		}
		seen[text] = i + 1
	}
	return hits
}

// namesNeedSep is a part of L13. It sees only the names of --refs, because lint
// opens no store.
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
				hits = append(hits, hit{link: i + 1, text: "names of --refs have a /, which names in this store can't have; sep=-- replaces it"})
				break
			}
		}
	}
	return hits
}
