package cli

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// signalGuard keeps signals from ending the process while there is plain text.
type signalGuard struct {
	signals chan os.Signal
	got     os.Signal // the one that ended the editing
}

// guardSignals takes the signals over from interrupts.
func guardSignals(from *interrupts) *signalGuard {
	g := &signalGuard{signals: make(chan os.Signal, 8)}
	signal.Notify(g.signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	from.release()
	return g
}

func (g *signalGuard) stop() { signal.Stop(g.signals) }

// start runs the editor on the terminal until it ends. A signal is passed on to it,
// which Ctrl-C already did; one that asks to end, and not only to interrupt, ends it.
func (e *editing) start(path string, guard *signalGuard) error {
	cmd := exec.Command(e.argv[0], append(e.argv[1:len(e.argv):len(e.argv)], path)...) //nolint:gosec,noctx // the user names the editor; see below for its end
	cmd.Stdin, cmd.Stdout, cmd.Stderr = e.terminal, e.s.Out, e.s.Err
	if err := cmd.Start(); err != nil {
		return usage("the editor can't be started", "set VISUAL or EDITOR to one that is installed")
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

// editorEnded is nil where the editor ended well. A signal that it survived is one of
// its own commands, such as Ctrl-C in vi.
func editorEnded(err error, sig os.Signal) error {
	if err == nil && (sig == nil || sig == os.Interrupt) {
		return nil
	}
	if number, ok := sig.(syscall.Signal); ok {
		return &codeError{code: codeSignal + int(number), err: errors.New("interrupted; nothing was saved")}
	}
	return usage("the editor failed", "nothing was saved")
}
