package session

import "sync"

// Each calls f for all items of list, at most atATime at the same time. It returns
// when all calls have returned.
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
