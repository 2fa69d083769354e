_Thread_local int tw_thread_local = 1;
