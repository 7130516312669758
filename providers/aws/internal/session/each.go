package session

import "sync"

// Each calls f for all items of list, up to atATime at a time, and returns when
// all have returned.
func Each[T any](atATime int, list []T, f func(T)) {
	slots := make(chan struct{}, atATime)
	var wg sync.WaitGroup
	for _, item := range list {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			f(item)
		})
	}
	wg.Wait()
}
