package cli

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/cmd/secretmux/internal/child"
)

// runOptions are the flags of run.
type runOptions struct {
	vars, refs, all, files      []string
	optional, allowNames, drops []string
	pristine, exec              bool
	fileMode                    string
	masks                       []string
	maskNames, maskShort        bool
	onRotate                    rotateFlag
	grace                       time.Duration
}

func runCommand(s *session) *cobra.Command {
	o := &runOptions{}
	cmd := &cobra.Command{
		Use:   "run [flags] -- COMMAND [ARGUMENT]...",
		Short: "Run a command with secrets in its environment",
		Example: "  secretmux run -e X=db/password -- sh -c 'echo \"$X\"'\n" +
			"      (use '...': in \"...\" your own shell replaces $X before run starts)\n" +
			"  secretmux run -e DB_PASSWORD=db/creds#password -- ./server --port 8080\n" +
			"  secretmux run --refs secrets.refs --exec -- ./server\n" +
			"  secretmux run --file TLS_KEY=tls/key --on-rotate signal=HUP -- nginx",
		Long: "The command gets the environment of run and the secrets. The exit code of run is\n" +
			"the command's, or 128 plus the number of the signal that ended it. Values in its\n" +
			"output are masked, but not on a terminal. If one secret can't be read, nothing\n" +
			"is started. A file of --refs has lines like DB_PASSWORD=db/password.",
		Args: words("a command after --", 1, -1),
		RunE: func(cmd *cobra.Command, args []string) error { return s.run(cmd.Context(), o, args) },
	}
	o.flags(cmd)
	for _, flag := range []string{"optional", "allow-name"} {
		_ = cmd.RegisterFlagCompletionFunc(flag, o.completeNames) // it fails only for an unknown flag
	}
	return cmd
}

func (o *runOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SetInterspersed(false)
	f.StringArrayVarP(&o.vars, "env", "e", nil, "`NAME=REF`: put a secret into the variable NAME")
	f.StringArrayVar(&o.refs, "refs", nil, "`file` with lines NAME=REF, such as a .env.example")
	f.StringArrayVar(&o.all, "all", nil, "every secret below `PREFIX`: with app/, the secret app/db/password is DB_PASSWORD")
	f.StringArrayVar(&o.files, "file", nil, "`NAME=REF`: put a secret into a private file, and its path into NAME")
	f.StringVar(&o.fileMode, "file-mode", "disk", "`disk`, or memfd: sealed memory with a path (Linux)")
	f.StringArrayVar(&o.optional, "optional", nil, "leave out the variable `NAME` if its secret is absent")
	f.StringArrayVar(&o.allowNames, "allow-name", nil, "let --refs and --all set `NAME` even if it can change what runs")
	f.BoolVar(&o.pristine, "pristine", false, "give the command only the secrets, no other variable")
	f.StringArrayVar(&o.drops, "drop", nil, "do not give the variable `NAME` to the command")
	f.BoolVar(&o.exec, "exec", false, "replace run by the command: nothing masks, forwards signals or cleans up")
	f.StringArrayVar(&o.masks, "mask", nil, "`auto`, always or off; for one stream write stdout=off")
	f.BoolVar(&o.maskNames, "mask-names", true, "show the name of the secret in a mask")
	f.BoolVar(&o.maskShort, "mask-short", false, "also mask values of fewer than 6 bytes")
	f.Var(&o.onRotate, "on-rotate", "what to do after a change: restart, signal=HUP or exit")
	f.DurationVar(&o.grace, "grace", 10*time.Second, "how long the command may take to end")
}

// run reads the secrets, and then runs the command.
func (s *session) run(ctx context.Context, o *runOptions, argv []string) error {
	plan, err := s.plan(o)
	if err != nil {
		return err
	}
	masking, err := s.masking(o)
	if err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	path, err := child.Find(argv[0])
	if err != nil {
		return notStarted(err)
	}
	// From here on no signal is lost: it ends ctx, or it waits in the channel for
	// the command.
	signals, ignore := child.Listen()
	defer ignore()
	config, err := s.configString()
	if err != nil {
		return err
	}
	store, err := s.openConfig(ctx, config, o.storeOptions())
	if err != nil {
		return err
	}
	defer closeStore(store)
	r := &runner{s: s, o: o, path: path, argv: argv, store: store, masking: masking, signals: signals}
	if err := r.prepare(ctx, plan); err != nil {
		return err
	}
	defer r.files.remove()
	s.interrupts.release()
	if err := interruption(ctx); err != nil {
		return err
	}
	if o.exec {
		return r.replace()
	}
	return r.supervise(ctx)
}

// storeOptions keep values only if run watches for rotations.
func (o *runOptions) storeOptions() secretmux.Options {
	if o.onRotate.mode == "" {
		return secretmux.Options{TTL: -1, NegativeTTL: -1}
	}
	return secretmux.Options{}
}

// check refuses flags that contradict each other.
func (o *runOptions) check() error {
	switch {
	case o.fileMode != "disk" && o.fileMode != "memfd":
		return usage("--file-mode must be disk or memfd", "write --file-mode disk or --file-mode memfd")
	case o.exec && o.onRotate.mode != "":
		return usage("--exec and --on-rotate don't go together: no process is left to act on a rotation", "leave out --exec or --on-rotate")
	case o.exec && len(o.files) > 0 && !o.memfd():
		return usage("--exec and --file don't go together: no process is left to remove the files", "add --file-mode memfd, or leave out --exec")
	case o.onRotate.mode == rotateSignal && (len(o.files) == 0 || o.memfd()):
		return usage("--on-rotate signal needs --file: the environment of a running command can't change",
			"use --file without --file-mode, or --on-rotate restart")
	case o.memfd() && !memfdWorks:
		return usage("--file-mode memfd works only on Linux", "leave out --file-mode")
	case len(o.vars)+len(o.refs)+len(o.all)+len(o.files) == 0:
		return usage("no secret was asked for", "pass -e NAME=REF, --refs, --all or --file, before --")
	}
	return nil
}

func (o *runOptions) memfd() bool { return o.fileMode == "memfd" }

// notStarted gives an error the exit code that a shell would use if the command was
// not started.
func notStarted(err error) error {
	code := codeNotStarted
	switch {
	case errors.Is(err, child.ErrNotFound):
		code = codeNoCommand
	case errors.Is(err, child.ErrNotRunnable):
		code = codeNotRunnable
	}
	return &codeError{code: code, err: err}
}

// environ returns the environment of this process.
func environ() []string { return os.Environ() }
