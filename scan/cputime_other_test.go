//go:build !unix

package scan

import "time"

func processTime() time.Duration { return time.Duration(time.Now().UnixNano()) }

func childrenTime() time.Duration { return 0 }
