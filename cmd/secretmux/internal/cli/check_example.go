package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux"
)

func checkExampleCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use:   "check-example FILE [flags]",
		Short: "Check that the stores have the secrets of a .env.example",
		Example: "  secretmux check-example .env.example\n" +
			"  secretmux check-example .env.example -c 'aws-sm://eu-west-1/prod/'",
		Long: "The stores must have a secret for each key without a default, and the file must\n" +
			"not hold a value. The comment \"# from db/creds#password\" above a key says which\n" +
			"secret it is. Without that comment it is the key in lower case. The Go function\n" +
			"settings.Example writes such files.",
		Args: words("one file, such as .env.example", 1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := readShort(args[0])
			if err != nil {
				return err
			}
			file := parseExample(text)
			if len(file.keys) == 0 {
				return usage("the file has no keys", "name a .env.example: each of its lines is KEY=")
			}
			return s.withStore(cmd.Context(), func(ctx context.Context, store *secretmux.Store) error {
				return s.checkExample(ctx, store, file)
			})
		},
	}
}

// readShort reads a file that people write, of 1 MiB at most.
func readShort(path string) (string, error) {
	const most = 1 << 20
	file, err := os.Open(path) //nolint:gosec // the file that the user named
	if err != nil {
		return "", usage("the file can't be read: "+reason(err), "")
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	switch {
	case err != nil:
		return "", usage("the file can't be read: "+reason(err), "")
	case len(text) > most:
		return "", usage("the file is over 1 MiB", "name a .env.example")
	}
	return string(text), nil
}

// The outcomes for a key.
const (
	keyAnswered = "answered"
	keyMissing  = "missing"
	keyFailed   = "failed"
)

// exampleAnswer is what the stores answer for one field.
type exampleAnswer struct {
	Key    string `json:"key,omitempty"` // left out if it may be a value
	Line   int    `json:"line"`
	Ref    string `json:"ref,omitempty"` // left out if it may be a value
	Status string `json:"status"`        // answered, default, optional, missing or failed
	Source string `json:"source,omitempty"`
	Class  string `json:"class,omitempty"`
}

// checkExample asks the store for all references in one batch.
func (s *session) checkExample(ctx context.Context, store *secretmux.Store, file *exampleFile) error {
	var refs []string
	for _, k := range file.keys {
		for _, f := range k.fields {
			refs = append(refs, f.ref)
		}
	}
	results, err := store.GetMany(ctx, refs)
	if err != nil {
		return err
	}
	s.hide(unknownRefs(file, results)...)
	var (
		answers []exampleAnswer
		errs    []error
	)
	bad := len(file.filled)+len(file.unreadable)+len(file.repeated) > 0
	for _, k := range file.keys {
		for _, f := range k.fields {
			a, err := answerOf(k, f, results[0])
			results = results[1:]
			answers = append(answers, a)
			bad = bad || a.Status == keyMissing
			if err != nil {
				errs = append(errs, &labelled{label: "line " + strconv.Itoa(k.line), err: err})
			}
		}
	}
	if err := s.printExample(file, answers); err != nil {
		return err
	}
	if bad {
		errs = append(errs, errFindings)
	}
	return joined(errs)
}

// answerOf returns the answer for one field. It returns an error if no store could
// answer.
func answerOf(k exampleKey, f exampleField, r secretmux.Result) (exampleAnswer, error) {
	a := exampleAnswer{Key: k.shown(), Line: k.line, Status: keyAnswered, Source: r.Secret.Source()}
	if r.Err == nil || k.named(f.ref) {
		a.Key, a.Ref = k.key, f.ref
	}
	switch {
	case r.Err == nil:
		return a, nil
	case !errors.Is(secretmux.ClassOf(r.Err), secretmux.ErrNotFound):
		a.Status, a.Class = keyFailed, classText(r.Err)
		return a, r.Err
	case f.status != needRequired:
		a.Status = f.status
	default:
		a.Status = keyMissing
	}
	return a, nil
}

// unknownRefs returns the references that no store has and that differ from their
// keys. An error must not quote them, because they may be values.
func unknownRefs(file *exampleFile, results []secretmux.Result) (refs []string) {
	i := 0
	for _, k := range file.keys {
		for _, f := range k.fields {
			if results[i].Err != nil && !k.named(f.ref) {
				refs = append(refs, f.ref)
			}
			i++
		}
	}
	return refs
}

// exampleJSON is the output of check-example --json.
type exampleJSON struct {
	Keys       []exampleAnswer `json:"keys"`
	Values     []lineJSON      `json:"values"`     // lines that hold a value
	Unreadable []lineJSON      `json:"unreadable"` // lines that are not KEY=
	Repeated   []lineJSON      `json:"repeated"`   // keys that an earlier line has
}

type lineJSON struct {
	Key  string `json:"key,omitempty"`
	Line int    `json:"line"`
}

func linesOf(all []exampleLine) []lineJSON {
	out := []lineJSON{}
	for _, one := range all {
		out = append(out, lineJSON{one.key, one.line})
	}
	return out
}

func (s *session) printExample(file *exampleFile, answers []exampleAnswer) error {
	if s.json {
		return s.printJSON(exampleJSON{answers, linesOf(file.filled), linesOf(file.unreadable), linesOf(file.repeated)})
	}
	rows := [][]string{{"KEY", "REF", "ANSWER"}}
	counts := map[string]int{}
	for _, a := range answers {
		counts[a.Status]++
		answer := a.Status
		switch a.Status {
		case keyAnswered:
			answer = a.Source
		case keyFailed:
			answer += ": " + a.Class
		}
		key := a.Key
		if key == "" {
			key = "line " + strconv.Itoa(a.Line)
		}
		rows = append(rows, []string{key, a.Ref, answer})
	}
	if err := s.table(rows); err != nil {
		return err
	}
	for _, group := range []struct {
		text  string
		lines []exampleLine
	}{
		{"holds a value, which everyone who can read the file knows: remove it", file.filled},
		{"is not of the form KEY=", file.unreadable},
		{"repeats a key", file.repeated},
	} {
		for _, l := range group.lines {
			text := "line " + strconv.Itoa(l.line)
			if l.key != "" {
				text = l.key + " (" + text + ")"
			}
			s.say(text + " " + group.text)
		}
	}
	s.say(strconv.Itoa(counts[keyAnswered]) + " of " + plural(len(answers), "reference") + " answered, " + strconv.Itoa(counts[keyMissing]) + " missing")
	return nil
}
