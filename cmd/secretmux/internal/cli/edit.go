package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux/providers/age"
)

func editCommand(s *session) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "edit [flags]",
		Short: "Edit an encrypted file in your editor",
		Example: "  secretmux edit --file secrets.env\n" +
			"  VISUAL='code --wait' secretmux edit -f secrets.env.age",
		Long: "The plain text is in a private folder while the editor runs: $VISUAL, or\n" +
			"$EDITOR without it, or vi without both. The folder is in memory if the system\n" +
			"allows it. If your text does not parse, you can edit it again. In a sops: file\n" +
			"the lines that you did not change stay as they were.",
		Args: words("no words", 0, 0),
	}
	e := s.fileFlags(cmd, true)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		terminal, ok := s.In.(*os.File)
		if !ok || !isTerminal(terminal) || s.noInput {
			return usage("edit needs a terminal", "use secretmux set, which reads a value from the standard input")
		}
		editor, err := e.editor()
		if err != nil {
			return err
		}
		argv, err := editorCommand()
		if err != nil {
			return err
		}
		draft, err := editor.Open(cmd.Context())
		if err != nil {
			return err
		}
		o, err := e.options()
		if err != nil {
			return err
		}
		ed := &editing{s: s, argv: argv, terminal: terminal, name: plainName(o.Path)}
		return ed.run(cmd.Context(), editor, draft)
	}
	return cmd
}

// plainName returns the name of the file with the plain text. An editor uses the
// name to recognize the format.
func plainName(path string) string {
	return strings.TrimSuffix(filepath.Base(path), ".age")
}

// editing is one run of edit.
type editing struct {
	s        *session
	argv     []string // the editor
	terminal *os.File
	name     string
}

// quick is how soon an editor ends if it only told a window to open the file.
const quick = 500 * time.Millisecond

// run lets a person edit the draft until it can be saved or is given up. When run
// returns, the plain text is removed, whatever happened. Only SIGKILL leaves it
// behind. If the folder is in memory, a restart of the machine removes it.
func (e *editing) run(ctx context.Context, editor *age.Editor, draft *age.Draft) (err error) {
	guard := guardSignals(e.s.interrupts)
	defer guard.stop()
	folder, err := os.MkdirTemp(memoryFolder(), "secretmux-*") // 0700
	if err != nil {
		return usage("a folder for the plain text can't be created: "+reason(err), "set TMPDIR to a folder that you may write to")
	}
	defer func() {
		if removed := os.RemoveAll(folder); removed != nil {
			err = errors.Join(err, usage("the plain text can't be removed: "+reason(removed), "remove the folders secretmux-* in the folder for temporary files yourself"))
		}
	}()
	path := filepath.Join(folder, e.name)
	if err := os.WriteFile(path, draft.Text, 0o600); err != nil {
		return usage("the plain text can't be written: "+reason(err), "")
	}
	for {
		text, took, err := e.once(path, guard)
		switch {
		case err != nil:
			return err
		case bytes.Equal(text, draft.Text):
			hint := ""
			if took < quick {
				hint = "; if your editor opens a window, add --wait, as in VISUAL='code --wait'"
			}
			e.s.say("nothing was changed" + hint)
			return nil
		}
		err = editor.Save(ctx, draft, text)
		if err == nil || errors.Is(err, age.ErrChanged) || ctx.Err() != nil || exitCode(err) != codeUsage {
			return err
		}
		e.s.report(err)
		if !e.again(guard) {
			return &codeError{code: codeUsage, err: errors.New("nothing was saved")}
		}
	}
}

// once runs the editor once, and returns the edited text.
func (e *editing) once(path string, guard *signalGuard) (text []byte, took time.Duration, err error) {
	start := time.Now()
	if err := e.start(path, guard); err != nil {
		return nil, 0, err
	}
	took = time.Since(start)
	text, err = os.ReadFile(path) //nolint:gosec // the path is not typed
	if err != nil {
		return nil, 0, usage("the edited text can't be read: "+reason(err), "nothing was saved")
	}
	return text, took, nil
}

// again asks whether the person wants to correct the text.
func (e *editing) again(guard *signalGuard) bool {
	write(e.s.Err, "press Enter to open the editor again, or q to drop your changes: ")
	answers := make(chan string, 1)
	go func() {
		line, err := bufio.NewReader(e.terminal).ReadString('\n')
		if errors.Is(err, io.EOF) || err != nil {
			line = "q"
		}
		answers <- strings.TrimSpace(line)
	}()
	select {
	case answer := <-answers:
		return !strings.EqualFold(answer, "q")
	case sig := <-guard.signals:
		guard.got = sig
		return false
	}
}
