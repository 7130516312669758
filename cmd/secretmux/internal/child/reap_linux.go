package child

import (
	"bytes"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// Reap waits for orphans until stop is called, if this process is number 1 of a
// container. There the kernel makes it the parent of every process that lost its
// own parent. Dead processes would fill the process table if their parent did not
// wait for them.
//
// Reap looks for dead children each second. It waits for a child that was also dead
// one second before. It does not wait for mine, because os/exec does. A loop over
// wait4(-1) would take exit codes away from os/exec, even those of the programs of
// exec: links.
func Reap(mine func(pid int) bool) (stop func()) {
	if os.Getpid() != 1 {
		return func() {}
	}
	stopped := make(chan struct{})
	go func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		before := map[int]bool{}
		for {
			select {
			case <-stopped:
				return
			case <-ticker.C:
				before = reapOrphans(before, mine)
			}
		}
	}()
	return sync.OnceFunc(func() { close(stopped) })
}

// reapOrphans waits for the dead children that were also dead one second before,
// and returns the other dead ones.
func reapOrphans(before map[int]bool, mine func(pid int) bool) (fresh map[int]bool) {
	fresh = map[int]bool{}
	for _, pid := range deadChildren() {
		switch {
		case !before[pid]:
			fresh[pid] = true
		case !mine(pid):
			_, _ = syscall.Wait4(pid, nil, syscall.WNOHANG, nil)
		}
	}
	return fresh
}

func deadChildren() []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	self := strconv.Itoa(os.Getpid())
	var dead []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + entry.Name() + "/stat")
		// The format is "pid (name) state parent ...". The name may have
		// parentheses.
		if _, rest, ok := bytes.Cut(stat[bytes.LastIndexByte(stat, ')')+1:], []byte(" ")); err == nil && ok {
			fields := bytes.Fields(rest)
			if len(fields) > 1 && string(fields[0]) == "Z" && string(fields[1]) == self {
				dead = append(dead, pid)
			}
		}
	}
	return dead
}
