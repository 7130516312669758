package cli

import (
	"errors"
	"strconv"
	"strings"

	"github.com/secretmux/secretmux"
)

// refLine is one variable of a file of references.
type refLine struct {
	name, ref string
	line      int
}

// parseRefs reads lines NAME=REF, with the comments, quotes and export of dotenv
// files. A line NAME= without a reference, as settings.Example writes it, is the
// secret of the comment "# from REF" above it, and without one that of the name in
// lower case. The error quotes nothing.
func parseRefs(text string) ([]refLine, error) {
	var (
		refs []refLine
		from string
	)
	text = strings.TrimPrefix(text, "\ufeff")
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			from = ""
			continue
		case strings.HasPrefix(line, "#"):
			if ref, ok := strings.CutPrefix(line, "# from "); ok {
				from = ref
			}
			continue
		}
		if rest, ok := strings.CutPrefix(line, "export "); ok {
			line = strings.TrimSpace(rest)
		}
		name, ref, ok := strings.Cut(line, "=")
		if !ok || !variable.MatchString(name) {
			return nil, errors.New("line " + strconv.Itoa(i+1) + " is not NAME=REF")
		}
		ref, err := unquoteRef(ref)
		if err != nil {
			return nil, errors.New("line " + strconv.Itoa(i+1) + ": " + err.Error())
		}
		if ref == "" {
			ref = wholeSecret(name, from)
		}
		from = ""
		refs = append(refs, refLine{name: name, ref: ref, line: i + 1})
	}
	return refs, nil
}

// wholeSecret is the secret that a key of an example file stands for. Fields of one
// document share a key, which holds the document.
func wholeSecret(name, from string) string {
	ref, err := secretmux.ParseRef(from)
	if err != nil {
		return strings.ToLower(name)
	}
	return secretmux.Ref{Name: ref.Name, Version: ref.Version}.String()
}

// unquoteRef reads a value: in quotes, or up to a comment.
func unquoteRef(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" || text[0] != '"' && text[0] != '\'' {
		if before, _, ok := strings.Cut(text, " #"); ok {
			text = strings.TrimSpace(before)
		}
		if strings.ContainsAny(text, " \t\"'`\\$") {
			return "", errors.New("a reference has no spaces, quotes, $ or \\")
		}
		return text, nil
	}
	inner, rest, ok := strings.Cut(text[1:], text[:1])
	if rest = strings.TrimSpace(rest); !ok || rest != "" && rest[0] != '#' || strings.ContainsAny(inner, "\\$") {
		return "", errors.New("its quotes don't match, or hold $ or \\")
	}
	return inner, nil
}
