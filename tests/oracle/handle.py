from oracle import *

# names
say('names', world.name, MPI.COMM_SELF.name, MPI.INT.name)
copy = world.Dup()
say('name of a copy', copy.name)
copy.Set_name('mine')
say('name', copy.name, world.name)

# hints
info = MPI.Info.Create()
say('empty', info.Get_nkeys(), info.Get('key'))
info.Set('key', 'value')
info.Set('other', 'something longer, with blanks')
info.Set('key', 'again')
say('info', info.Get_nkeys(), info.Get('key'), info.Get('other'), info.Get('none'), [info.Get_nthkey(i) for i in range(2)])
twin = info.Dup()
info.Delete('key')
say('deleted', info.Get_nkeys(), twin.Get_nkeys(), info.Get('key'), twin.Get('key'))
say('delete none', error_of(lambda: info.Delete('none')), error_of(lambda: info.Get_nthkey(5)))
info.Free()
twin.Free()
say('freed', info == MPI.INFO_NULL)

# attributes
say('predefined', world.Get_attr(MPI.TAG_UB) > 30000, world.Get_attr(MPI.WTIME_IS_GLOBAL) is not None, world.Get_attr(MPI.APPNUM) is not None,
    world.Get_attr(MPI.LASTUSEDCODE) is not None)
seen = []
keyval = MPI.Comm.Create_keyval(lambda comm, key, value: value + ' copied', lambda comm, key, value: seen.append(value))
plain = MPI.Comm.Create_keyval()
say('unset', copy.Get_attr(keyval))
copy.Set_attr(keyval, 'first')
copy.Set_attr(plain, 'stays')
copy.Set_attr(keyval, 'second')
say('set', copy.Get_attr(keyval), seen)
other = copy.Dup()
say('copied', other.Get_attr(keyval), other.Get_attr(plain))
other.Free()
say('freed', seen)
copy.Delete_attr(keyval)
say('deleted', seen, copy.Get_attr(keyval))
copy.Free()
say('freed', seen)
copy = world.Dup()
copy.Disconnect()
say('disconnected', copy == MPI.COMM_NULL)

# errors
say('classes', [MPI.Get_error_class(code) for code in (MPI.SUCCESS, MPI.ERR_RANK, MPI.ERR_TAG, MPI.ERR_OTHER)])
say('strings', [MPI.Get_error_string(code) for code in (MPI.SUCCESS, MPI.ERR_RANK, MPI.ERR_COUNT, MPI.ERR_ROOT, MPI.ERR_INFO_KEY)])
error_class = MPI.Add_error_class()
code = MPI.Add_error_code(error_class)
MPI.Add_error_string(code, 'of our own')
say('added', MPI.Get_error_class(code) == error_class, MPI.Get_error_string(code))

# the environment
say('environment', MPI.Is_initialized(), MPI.Is_finalized(), MPI.Query_thread(), MPI.Is_thread_main(), MPI.Get_version(), MPI.Get_processor_name(),
    MPI.Wtick() > 0)
say('null', MPI.COMM_NULL == MPI.Comm(), MPI.INFO_NULL == MPI.Info(), bool(MPI.COMM_WORLD), bool(MPI.GROUP_NULL))
finish()
