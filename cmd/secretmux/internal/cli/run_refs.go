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
// files. A line NAME= without a reference, as settings.Example writes it, gets its
// reference from the comment "# from REF" above it. Without that comment, the
// reference is the name in lower case. The error quotes nothing of the text.
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

// wholeSecret returns the reference for a key of an example file. Fields of one
// document share a key, and the key holds the whole document.
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
			return "", errors.New("a reference can't have spaces, quotes, $ or \\")
		}
		return text, nil
	}
	inner, rest, ok := strings.Cut(text[1:], text[:1])
	if rest = strings.TrimSpace(rest); !ok || rest != "" && rest[0] != '#' || strings.ContainsAny(inner, "\\$") {
		return "", errors.New("the quotes don't match, or there is a $ or \\ between them")
	}
	return inner, nil
}
