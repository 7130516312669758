package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/scan"
)

// scanFlags are the flags of scan.
type scanFlags struct {
	staged, history bool
	refs            []string
	include, except []string
	noPatterns      bool
	requireStore    bool
	baseline, write string
	context         bool
	with            string
	path            string
	stdin           bool
	input           *capture // the beginning of standard input, for --context
}

func scanCommand(s *session) *cobra.Command {
	var f scanFlags
	cmd := &cobra.Command{
		Use:   "scan [FOLDER | -] [flags]",
		Short: "Find secrets that leaked into files, git's index or history",
		Example: "  secretmux scan\n" +
			"  secretmux scan --staged --timeout 5s\n" +
			"  secretmux scan --history --require-store\n" +
			"  kubectl logs deploy/app | secretmux scan -",
		Long: "It searches for the values that the stores list, or for those of --ref, in every\n" +
			"form in which programs write them. It also searches for tokens of vendors. It\n" +
			"prints where a secret is and which it is, never the value. Without a store it\n" +
			"searches only for tokens.",
		Args: words("one folder, or - for standard input", 0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.hide(f.refs...)
			s.hide(f.include...)
			s.hide(f.except...)
			f.path = "."
			if len(args) == 1 {
				f.path, f.stdin = args[0], args[0] == "-"
			}
			if err := f.check(); err != nil {
				return err
			}
			return s.scan(cmd.Context(), &f)
		},
	}
	f.register(cmd)
	return cmd
}

func (f *scanFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.staged, "staged", false, "scan the staged files, as they are in git's index")
	flags.BoolVar(&f.history, "history", false, "scan every version of every file, and all messages")
	flags.StringArrayVar(&f.refs, "ref", nil, "search for this `reference` instead of the listed ones; may be repeated")
	flags.StringArrayVar(&f.include, "include", nil, "search for this `reference` even if it looks like a setting")
	flags.StringArrayVar(&f.except, "except", nil, "do not search for this `reference`")
	flags.BoolVar(&f.noPatterns, "no-patterns", false, "do not search for tokens of vendors")
	flags.BoolVar(&f.requireStore, "require-store", false, "fail if a store can't be read")
	flags.StringVar(&f.baseline, "baseline", "", "do not report the known findings of this `file`")
	flags.StringVar(&f.write, "write-baseline", "", "add all findings to this `file`, as known findings")
	flags.BoolVar(&f.context, "context", false, "show the line of each finding, with the secrets masked")
	flags.StringVar(&f.with, "with", "", "also run this installed `program`: gitleaks")
}

// check refuses flags that contradict each other.
func (f *scanFlags) check() error {
	sources := 0
	for _, set := range []bool{f.staged, f.history, f.stdin} {
		if set {
			sources++
		}
	}
	switch {
	case sources > 1:
		return usage("--staged, --history and - can't be combined", "run scan once for each of them")
	case f.with != "" && f.with != gitleaks:
		return usage("--with runs only gitleaks", "write --with gitleaks")
	case f.context && len(f.refs) > 0:
		return usage("--context and --ref don't go together: a mask needs all secrets of the stores", "leave out --ref")
	case f.with != "" && f.source() != "worktree":
		return usage("--with works only for a folder: on git's index and history gitleaks runs git, which runs programs that the repository names",
			"leave out --with, or run gitleaks yourself if you trust the repository")
	case f.baseline != "" && f.write != "" && f.baseline != f.write:
		return usage("--baseline and --write-baseline name different files", "leave out --baseline: --write-baseline reads its file too, and adds to it")
	}
	return nil
}

// scan runs the scan and prints its report.
func (s *session) scan(ctx context.Context, f *scanFlags) error {
	if err := f.checkPath(); err != nil {
		return err
	}
	known, err := f.known()
	if err != nil {
		return err
	}
	values, err := s.valuesToFind(ctx, f)
	if err != nil {
		return err
	}
	show, done := s.progress()
	opts := scan.Options{
		Secrets: values.found, Include: f.include, Except: f.except, NoPatterns: f.noPatterns, Baseline: known, SkipPaths: s.ownFiles(f.path),
		Progress: func(files int, bytes int64) { show(fmt.Sprintf("%d files, %s", files, size(bytes))) },
	}
	if f.write != "" {
		opts.MaxFindings = -1
	}
	scanner, err := scan.New(opts)
	if err != nil {
		return err
	}
	s.sayUnmatched(f, scanner)
	result := &scanResult{source: f.source(), values: values, excluded: scanner.NotSearched(), except: f.except, patterns: !f.noPatterns}
	result.report, err = f.read(ctx, s, scanner)
	result.failed = err != nil
	done()
	for _, one := range result.report.Findings {
		result.findings = append(result.findings, findingOf(one))
	}
	if f.with != "" && err == nil {
		err = s.runGitleaks(ctx, f, result)
	}
	if f.context {
		s.addContext(ctx, f, result)
	}
	if f.write != "" && err == nil {
		err = s.writeBaseline(f.write, known, result)
	}
	return errors.Join(s.printScan(f, result), err, result.verdict(f))
}

func (f *scanFlags) source() string {
	switch {
	case f.staged:
		return "staged"
	case f.history:
		return "history"
	case f.stdin:
		return "stdin"
	}
	return "worktree"
}

func (f *scanFlags) read(ctx context.Context, s *session, scanner *scan.Scanner) (*scan.Report, error) {
	switch f.source() {
	case "staged":
		return scanner.Staged(ctx, f.path)
	case "history":
		return scanner.History(ctx, f.path)
	case "stdin":
		f.input = &capture{Reader: s.In}
		if !f.context {
			return scanner.Reader(ctx, "", s.In)
		}
		return scanner.Reader(ctx, "", f.input)
	}
	return scanner.Worktree(ctx, f.path)
}

// verdict returns the error that sets the exit code. A scan that read nothing is a
// failure, not a clean result: otherwise a hook with a wrong folder would always
// pass.
func (r *scanResult) verdict(f *scanFlags) error {
	report := r.report
	read := report.Bytes > 0 || f.staged && len(report.Skipped) == 0 // nothing is staged, or only deletions and empty files
	switch {
	case len(r.findings) > 0 || report.More > 0:
		return errFindings
	case !read && !r.failed: // otherwise the error says why
		return secretmux.Invalid("scan", "nothing was scanned: 0 bytes", "check the folder: it has no file with content to scan")
	}
	return nil
}
