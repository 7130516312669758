package main

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// values returns the scalars of deployment.yaml by their path, such as
// Deployment/spec/template/spec/volumes/0/name. It reads what that file has of YAML:
// documents, maps and lists by indentation, scalars in one line. Anything else fails.
func values(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("deployment.yaml")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, document := range strings.Split(string(text), "---\n") {
		_, kind, _ := strings.Cut(document, "\nkind: ")
		kind, _, _ = strings.Cut(kind, "\n")
		p := parser{t: t, found: found}
		for _, line := range strings.Split(strings.TrimRight(document, "\n"), "\n") {
			p.line(kind, line)
		}
	}
	return found
}

// parser has the keys of the lines above that are less indented.
type parser struct {
	t     *testing.T
	found map[string]string
	open  []level
}

type level struct {
	indent int
	key    string
	items  int // of a list below the key
}

func (p *parser) line(kind, line string) {
	p.t.Helper()
	rest := strings.TrimLeft(line, " ")
	indent := len(line) - len(rest)
	if item, ok := strings.CutPrefix(rest, "- "); ok {
		p.close(indent)
		if len(p.open) == 0 {
			p.t.Fatalf("a list without a key: %q", line)
		}
		above := &p.open[len(p.open)-1]
		p.open = append(p.open, level{indent: indent, key: strconv.Itoa(above.items)})
		p.open[len(p.open)-2].items++
		rest, indent = item, indent+2
	} else {
		p.close(indent)
	}
	key, value, ok := strings.Cut(rest, ":")
	if !ok || key == "" || strings.ContainsAny(key, " {}[]\"'") || value != "" && value[0] != ' ' || strings.ContainsAny(value, "{}[]|>&*#\"'\t") {
		p.t.Fatalf("this is not in the YAML that the test reads: %q", line)
	}
	p.open = append(p.open, level{indent: indent, key: key})
	if value = strings.TrimSpace(value); value == "" {
		return
	}
	path := []string{kind}
	for _, l := range p.open {
		path = append(path, l.key)
	}
	p.found[strings.Join(path, "/")] = value
}

// close ends what is indented as much or more.
func (p *parser) close(indent int) {
	for len(p.open) > 0 && p.open[len(p.open)-1].indent >= indent {
		p.open = p.open[:len(p.open)-1]
	}
}
