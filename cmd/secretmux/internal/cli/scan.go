package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/scan"
)

// scanFlags are what the command line of scan says.
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
	input           *capture // of stdin, for --context
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
		Long: "It searches for the values that the stores list, or those of --ref, in every\n" +
			"form in which programs write them, and for tokens of vendors. What it prints\n" +
			"says where and which, never what. Without a store it searches for tokens only.",
		Args: words("one folder or -, which is standard input", 0, 1),
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
	flags.BoolVar(&f.staged, "staged", false, "scan what is staged, as it is in git's index")
	flags.BoolVar(&f.history, "history", false, "scan every version of every file, and messages")
	flags.StringArrayVar(&f.refs, "ref", nil, "search for this `reference` instead of all that are listed; may be repeated")
	flags.StringArrayVar(&f.include, "include", nil, "search for this `reference` although it looks like a setting")
	flags.StringArrayVar(&f.except, "except", nil, "do not search for this `reference`")
	flags.BoolVar(&f.noPatterns, "no-patterns", false, "do not search for tokens of vendors")
	flags.BoolVar(&f.requireStore, "require-store", false, "fail where a store can't be read")
	flags.StringVar(&f.baseline, "baseline", "", "leave out the known findings of this `file`")
	flags.StringVar(&f.write, "write-baseline", "", "write all findings to this `file`, as known ones")
	flags.BoolVar(&f.context, "context", false, "show the line of each finding, with secrets masked")
	flags.StringVar(&f.with, "with", "", "run this installed `program` too: gitleaks")
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
		return usage("--staged, --history and - are different things to scan", "run scan once for each")
	case f.with != "" && f.with != gitleaks:
		return usage("--with knows one program", "write --with gitleaks")
	case f.context && len(f.refs) > 0:
		return usage("--context masks with all that the stores list", "leave out --ref")
	case f.with != "" && f.source() != "worktree":
		return usage("--with scans a folder: for git's index and history gitleaks runs git, and with it programs that the repository names",
			"leave out --with, or run gitleaks yourself where you trust the repository")
	case f.baseline != "" && f.write != "" && f.baseline != f.write:
		return usage("--baseline and --write-baseline name two files", "write one of them: --write-baseline adds to a file that exists")
	}
	return nil
}

// scan does the work between the flags and the report.
func (s *session) scan(ctx context.Context, f *scanFlags) error {
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

// verdict is the exit code's reason. A scan that read nothing has not found that
// there is nothing: a hook with a wrong folder would pass for ever.
func (r *scanResult) verdict(f *scanFlags) error {
	report := r.report
	read := report.Bytes > 0 || f.staged && len(report.Skipped) == 0 // nothing staged, deletions, empty files
	switch {
	case len(r.findings) > 0 || report.More > 0:
		return errFindings
	case !read:
		return secretmux.Invalid("scan", "nothing was scanned: 0 bytes", "check the folder, and that there is something to scan")
	}
	return nil
}
