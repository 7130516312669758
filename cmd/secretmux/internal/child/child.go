package child

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// outputDelay is for how long the output of a program is read after its end: a
// grandchild that was left in the background may keep it open for ever.
const outputDelay = 2 * time.Second

// Spec says what to start. A nil stream is the null device. An *os.File is handed
// over as it is; any other stream is a pipe.
type Spec struct {
	Path     string   // as [Find] returned it
	Args     []string // with the program's name
	Env      []string
	In       io.Reader
	Out, Err io.Writer
	Files    []*os.File // descriptors 3, 4 ...
	// Group puts the program into a process group of its own, which then gets its
	// signals. Without a terminal nobody else sends any.
	Group bool
}

// Process is a program that was started. It is safe for concurrent use.
type Process struct {
	cmd   *exec.Cmd
	group bool
	done  chan struct{}
	code  int // valid once done is closed

	mu    sync.Mutex // held while a signal is sent, so that it can't reach a stranger
	ended bool
}

// Start starts a program and returns while it runs.
func Start(spec Spec) (*Process, error) {
	cmd := &exec.Cmd{
		Path: spec.Path, Args: spec.Args, Env: spec.Env,
		Stdin: spec.In, Stdout: spec.Out, Stderr: spec.Err,
		ExtraFiles: spec.Files, WaitDelay: outputDelay,
	}
	if spec.Group {
		cmd.SysProcAttr = ownGroup()
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Process{cmd: cmd, group: spec.Group, done: make(chan struct{})}
	go p.wait()
	return p, nil
}

// wait ignores what went wrong with the output: the program could not write it,
// and knows.
func (p *Process) wait() {
	_ = p.cmd.Wait()
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	p.code = exitCode(p.cmd.ProcessState)
	close(p.done)
}

// PID is the process's number.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the program has ended and its output is written.
func (p *Process) Done() <-chan struct{} { return p.done }

// Code is the exit code, 128 and the number of the signal that killed it. Call it
// once Done is closed.
func (p *Process) Code() int { return p.code }

// Signal sends a signal to the program, and to its group where it has one. What
// has ended gets none.
func (p *Process) Signal(sig os.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.send(sig)
	}
}

// Stop asks the program to end and kills it after grace. It returns when it has
// ended.
func (p *Process) Stop(grace time.Duration) {
	p.Signal(terminate)
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.done:
		return
	case <-timer.C:
	}
	p.Signal(os.Kill)
	<-p.done
}

// Find looks a program up as a shell does, and never in the current folder. A
// failure is ErrNotFound or ErrNotRunnable.
func Find(name string) (string, error) {
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path, nil
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EISDIR):
		return "", ErrNotRunnable
	}
	return "", ErrNotFound
}

// The reasons why a program was not started. They quote nothing.
var (
	ErrNotFound    = errors.New("the command was not found")
	ErrNotRunnable = errors.New("the command can't be executed")
)
