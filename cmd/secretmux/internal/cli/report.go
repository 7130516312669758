package cli

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/mask"
	"github.com/secretmux/secretmux/providers/env"
)

// hide keeps words out of every message from now on. Hide each word that was typed
// in place of a name, because people paste values there.
func (s *session) hide(words ...string) { s.hidden = append(s.hidden, words...) }

// say prints a message unless --quiet was given.
func (s *session) say(text string) {
	if !s.quiet {
		write(s.Err, s.redact(text)+"\n")
	}
}

// report prints an error once: for a person, or with --json for a program.
func (s *session) report(err error) {
	if err == nil || errors.Is(err, errFindings) && len(failures(err)) == 1 || errors.Is(err, errSilentUsage) {
		return
	}
	// An error of usage begins with "secretmux: invalid: ", which tells a person
	// nothing.
	text := strings.NewReplacer("\nsecretmux: invalid: ", "\n", "\nsecretmux: ", "\n").Replace("\n" + s.redact(err.Error()))[1:]
	if text == "" {
		return
	}
	if s.json {
		class := secretmux.ClassOf(err)
		report := struct {
			Error string `json:"error"`
			Class string `json:"class,omitempty"`
			Code  int    `json:"code"`
		}{Error: text, Code: exitCode(err)}
		if class != nil {
			report.Class = class.Error()
		}
		_ = encode(s.Err, report)
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		write(s.Err, "secretmux: "+line+"\n")
	}
}

// redact removes the hidden words, in every form in which the error of an SDK may
// have written them. The example that our own texts give is the same whatever was
// typed: it stays.
func (s *session) redact(text string) string {
	if slices.ContainsFunc(s.hidden, func(word string) bool { return strings.Contains(word, example) }) {
		return s.redactPart(text)
	}
	parts := strings.Split(text, example)
	for i, part := range parts {
		parts[i] = s.redactPart(part)
	}
	return strings.Join(parts, example)
}

// example is how messages show the form of a name.
const example = "such as db/password"

func (s *session) redactPart(text string) string {
	if len(s.hidden) == 0 {
		return text
	}
	set := mask.New(mask.Options{HideNames: true})
	for _, word := range s.hidden {
		if word == "" {
			continue
		}
		for _, form := range spellings(word) {
			if slices.Contains(s.shown, form) {
				continue
			}
			text = strings.ReplaceAll(text, strconv.Quote(form), "[not shown]")
			set.Add("", secretmux.NewSecret([]byte(form), secretmux.Meta{}))
		}
	}
	// The hint of env: is only the variable's name, which is hidden here.
	return strings.ReplaceAll(set.Redact(text), "(set [redacted])", "(set this variable)")
}

// spellings returns the ways in which a message may name what a word refers to.
func spellings(word string) []string {
	forms := []string{word}
	ref, err := secretmux.ParseRef(word)
	if err != nil {
		return forms
	}
	forms = append(forms, ref.String(), ref.Name)
	if ref.Field != "" {
		forms = append(forms, ref.Field)
	}
	return append(forms, env.Name("", ref.Name))
}
