package cli

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux"
)

// diffOptions are the flags of diff.
type diffOptions struct {
	prefix string
	expect string
	all    bool
}

func diffCommand(s *session) *cobra.Command {
	o := &diffOptions{}
	cmd := &cobra.Command{
		Use:   "diff CONFIG1 CONFIG2 [REF]... [flags]",
		Short: "Compare the secrets of two config strings without showing them",
		Example: "  secretmux diff dotenv:.env dotenv:.env.new\n" +
			"  secretmux diff --expect different aws-sm:///dev/ aws-sm:///prod/\n" +
			"  secretmux diff vault://a.example.com/kv/ vault://b.example.com/kv/ db/creds",
		Long: "Without references it compares all secrets that the two sides list. Values are\n" +
			"compared in memory. Instead of a value it prints a keyed digest. The key is\n" +
			"random and used only in this run, so a digest tells nothing to other people.",
		Args: words("two config strings, with optional references after them", 2, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.hide(args[2:]...)
			switch {
			case o.expect != "same" && o.expect != "different":
				return usage("--expect must be same or different", "write --expect same or --expect different")
			case s.config != "":
				return usage("diff takes its config strings as words, and got -c too", "leave out -c")
			}
			return s.diff(cmd.Context(), o, args[0], args[1], args[2:])
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.expect, "expect", "same", "the outcome that you want: `same`, or different for dev and prod")
	f.StringVar(&o.prefix, "prefix", "", "compare only names that start with `PREFIX`")
	f.BoolVar(&o.all, "all", false, "include the whole environment of env:")
	return cmd
}

// diff compares two chains.
func (s *session) diff(ctx context.Context, o *diffOptions, left, right string, refs []string) error {
	s.hide(o.prefix)
	ctx, stop := s.bounded(ctx)
	defer stop()
	var (
		sides  [2]map[string]secretmux.Secret
		failed []error
	)
	for i, config := range []string{left, right} {
		secrets, err := s.readSide(ctx, o, config, refs)
		if err != nil {
			failed = append(failed, &labelled{label: "CONFIG" + strconv.Itoa(i+1), err: err})
		}
		sides[i] = secrets
	}
	if err := joined(failed); err != nil {
		return err
	}
	rows := compare(sides[0], sides[1], o.expect)
	if err := s.printDiff(rows); err != nil {
		return err
	}
	if slices.ContainsFunc(rows, func(r diffJSON) bool { return r.Finding }) {
		return errFindings
	}
	return nil
}

// readSide reads the secrets of one chain. An absent secret is a result. Any other
// failure is an error, because half a comparison must not be shown.
func (s *session) readSide(ctx context.Context, o *diffOptions, config string, refs []string) (map[string]secretmux.Secret, error) {
	store, err := s.openConfig(ctx, config, secretmux.Options{TTL: -1, NegativeTTL: -1})
	if err != nil {
		return nil, err
	}
	defer closeStore(store)
	names := refs
	if len(refs) == 0 {
		infos, err := s.names(ctx, store, o.prefix, o.all)
		if err != nil {
			return nil, err
		}
		for _, info := range infos {
			names = append(names, info.Name)
		}
		names = slices.Compact(names)
	}
	results, err := store.GetMany(ctx, names)
	if err != nil {
		return nil, err
	}
	secrets := map[string]secretmux.Secret{}
	var failed []error
	for i, result := range results {
		switch {
		case result.Err == nil:
			secrets[names[i]] = result.Secret
		case len(refs) > 0 && !errors.Is(result.Err, secretmux.ErrNotFound):
			failed = append(failed, &labelled{label: "reference " + strconv.Itoa(i+1), err: result.Err})
		case !errors.Is(result.Err, secretmux.ErrNotFound):
			failed = append(failed, result.Err)
		}
	}
	return secrets, joined(failed)
}

// diffJSON is one name that at least one side has.
type diffJSON struct {
	Name    string `json:"name"`
	State   string `json:"state"`
	Finding bool   `json:"finding"`
	Left    string `json:"left,omitempty"` // a digest with the key of this run
	Right   string `json:"right,omitempty"`
}

func compare(left, right map[string]secretmux.Secret, expect string) []diffJSON {
	names := map[string]struct{}{}
	for _, side := range []map[string]secretmux.Secret{left, right} {
		for name := range side {
			names[name] = struct{}{}
		}
	}
	rows := []diffJSON{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		l, inLeft := left[name]
		r, inRight := right[name]
		row := diffJSON{Name: name, Finding: true}
		switch {
		case !inRight:
			row.State, row.Left = "only left", digest(l)
		case !inLeft:
			row.State, row.Right = "only right", digest(r)
		case l.Equal(r):
			row.State, row.Left, row.Right, row.Finding = "same", digest(l), digest(r), expect != "same"
		default:
			row.State, row.Left, row.Right, row.Finding = "different", digest(l), digest(r), expect != "different"
		}
		rows = append(rows, row)
	}
	return rows
}

// digest returns the HMAC-SHA256 of a value, cut to 64 bits. The key is random, and
// this process never shows it.
func digest(secret secretmux.Secret) string { return secretmux.ContentVersion(secret.Bytes()) }

func (s *session) printDiff(rows []diffJSON) error {
	if s.json {
		return s.printJSON(rows)
	}
	if len(rows) == 0 {
		return usage("neither side has a secret to compare", "if a side can't list its secrets, write references after the config strings")
	}
	table := [][]string{{"NAME", "STATE", "LEFT", "RIGHT"}}
	for _, r := range rows {
		table = append(table, []string{r.Name, r.State, r.Left, r.Right})
	}
	return s.table(table)
}
