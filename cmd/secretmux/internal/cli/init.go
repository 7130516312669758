package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux/scan"
)

func initCommand(s *session) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "init [flags]",
		Short: "Keep secrets out of a repository with ignore rules and a hook",
		Example: "  secretmux init\n" +
			"  secretmux init --yes -c 'env:,dotenv:.env'",
		Long: "It shows what it would write, and asks first: the lines that .gitignore lacks,\n" +
			"and a pre-commit hook that runs secretmux scan --staged. With -c, the hook gets\n" +
			"that config string. A hook that init did not write is not changed.",
		Args: words("no words", 0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error { return s.init(cmd.Context(), yes) },
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "write without asking")
	return cmd
}

// setup is the state that init found and the changes that it would make.
type setup struct {
	root   string   // of the worktree
	ignore []string // lines that .gitignore lacks
	hook   hookPlan
	// tracked are the files with secrets that git tracks. filled are the lines of
	// .env.example that hold a value.
	tracked []string
	filled  []exampleLine
}

// init shows the changes, asks, writes them and checks the result.
func (s *session) init(ctx context.Context, yes bool) error {
	p, err := s.planSetup(ctx)
	if err != nil {
		return err
	}
	written := false
	if p.changes() {
		if !s.json {
			if _, err := fmt.Fprint(s.Out, p.diff()); err != nil {
				return err
			}
		}
		if written, err = s.agreed(yes); err != nil {
			return err
		}
	}
	if written {
		if err := p.write(); err != nil {
			return err
		}
		if err := p.verify(ctx); err != nil {
			return err
		}
	}
	return s.printSetup(p, written)
}

func (s *session) agreed(yes bool) (bool, error) {
	if yes {
		return true, nil
	}
	return s.confirm("Write this?", "--yes")
}

// planSetup looks at the repository around the current folder.
func (s *session) planSetup(ctx context.Context) (*setup, error) {
	hooks, err := scan.HooksDir(ctx, ".") // the error says if there is no repository
	if err != nil {
		return nil, err
	}
	p := &setup{root: worktreeRoot()}
	if p.root == "" {
		return nil, usage("the repository has no worktree", "run init in a clone of the repository")
	}
	if s.config != "" { // a mistake in it would break each commit
		store, err := s.open(ctx)
		if err != nil {
			return nil, err
		}
		closeStore(store)
	}
	own := s.ownFiles(p.root)
	if p.ignore, err = missingRules(ctx, p.root, own); err != nil {
		return nil, err
	}
	if p.tracked, err = scan.Tracked(ctx, p.root, usualFiles(own)...); err != nil {
		return nil, err
	}
	if text, err := readShort(filepath.Join(p.root, ".env.example")); err == nil {
		p.filled = parseExample(text).filled
	}
	p.hook, err = s.planHook(hooks)
	return p, err
}

// worktreeRoot returns the current folder or the nearest one above it that has
// .git, which is a file in a linked worktree. It returns "" if no folder has it.
func worktreeRoot() string {
	dir, err := os.Getwd()
	for err == nil {
		if _, missing := os.Lstat(filepath.Join(dir, ".git")); missing == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	return ""
}

func (p *setup) changes() bool { return len(p.ignore) > 0 || p.hook.writes() }

// write appends to .gitignore and makes the hook.
func (p *setup) write() error {
	if err := p.appendIgnore(); err != nil {
		return err
	}
	return p.hook.write()
}

// verify checks that what was written has its effect.
func (p *setup) verify(ctx context.Context) error {
	ignored, err := scan.Ignored(ctx, p.root, ".env", ".env.local")
	if err != nil {
		return err
	}
	if len(ignored) < 2 {
		return usage("git still does not ignore .env", "remove the rule that begins with ! from .gitignore or .git/info/exclude")
	}
	if hooks, err := scan.HooksDir(ctx, p.root); err != nil || p.hook.writes() && hooks != filepath.Dir(p.hook.path) {
		return usage("git does not run the hook that was written", "check core.hooksPath in the configuration of git")
	}
	return nil
}
