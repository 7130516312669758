package cli

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// signalGuard keeps signals from ending the process while the plain text exists.
type signalGuard struct {
	signals chan os.Signal
	got     os.Signal // the signal that ended the editing
}

// guardSignals handles the signals in place of interrupts.
func guardSignals(from *interrupts) *signalGuard {
	g := &signalGuard{signals: make(chan os.Signal, 8)}
	signal.Notify(g.signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	from.release()
	return g
}

func (g *signalGuard) stop() { signal.Stop(g.signals) }

// start runs the editor on the terminal until it ends. It passes a signal on to the
// editor, except Ctrl-C, which the terminal has already sent. A signal that asks to
// end, and not only to interrupt, ends the editor.
func (e *editing) start(path string, guard *signalGuard) error {
	cmd := exec.Command(e.argv[0], append(e.argv[1:len(e.argv):len(e.argv)], path)...) //nolint:gosec,noctx // the user names the editor; the code below ends it
	cmd.Stdin, cmd.Stdout, cmd.Stderr = e.terminal, e.s.Out, e.s.Err
	if err := cmd.Start(); err != nil {
		return usage("the editor can't be started", "set VISUAL or EDITOR to an editor that is installed")
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var kill <-chan time.Time
	for {
		select {
		case err := <-ended:
			return editorEnded(err, guard.got)
		case sig := <-guard.signals:
			_ = cmd.Process.Signal(sig)
			guard.got = sig
			if sig != os.Interrupt && kill == nil {
				kill = time.After(2 * time.Second)
			}
		case <-kill:
			_ = cmd.Process.Kill()
		}
	}
}

// editorEnded returns nil if the editor ended without an error. A signal that the
// editor survived was meant for it, such as Ctrl-C in vi.
func editorEnded(err error, sig os.Signal) error {
	if err == nil && (sig == nil || sig == os.Interrupt) {
		return nil
	}
	if number, ok := sig.(syscall.Signal); ok {
		return &codeError{code: codeSignal + int(number), err: errors.New("interrupted; nothing was saved")}
	}
	return usage("the editor failed", "nothing was saved")
}
