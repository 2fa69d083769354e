"""Element types, and random shapes and values."""
import ml_dtypes
import numpy as np

BF16 = np.dtype(ml_dtypes.bfloat16)
F32, F64, I32, I64, I8, U8, BOOL = (np.dtype(t) for t in ("f4", "f8", "i4", "i8", "i1", "u1", "?"))
TYPES = (F32, F64, BF16, I32, I64, I8, U8, BOOL)
FLOATS = (F32, F64, BF16)
INTEGERS = (I32, I64, I8, U8)
SCHEMA_NAMES = {"tensor(float)": F32, "tensor(double)": F64, "tensor(bfloat16)": BF16, "tensor(int32)": I32,
                "tensor(int64)": I64, "tensor(int8)": I8, "tensor(uint8)": U8, "tensor(bool)": BOOL}
FREQUENCY = {F32: 10, F64: 2, BF16: 1, I32: 2, I64: 3, I8: 1, U8: 1, BOOL: 1}  # how often a type is taken
# Largest relative rounding error; that of f64 larger, since it is added in f64 and must survive.
EPSILON = {F32: 2.0**-24, F64: 2.0**-51, BF16: 2.0**-9}
LARGEST = {F32: float(np.finfo("f4").max), F64: float(np.finfo("f8").max), BF16: float(ml_dtypes.finfo(BF16).max)}
SMALLEST = {F32: 2.0**-126, F64: 2.0**-1022, BF16: 2.0**-126}  # normal number

EXTENTS = (1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 13, 16, 17)
MOST_ELEMENTS = 3000


def is_float(dtype):
    return dtype in FLOATS


def elements(shape):
    return int(np.prod(shape, dtype=np.int64))


def random_shape(rng, rank, empty=False):
    shape = [int(rng.choice(EXTENTS)) for _ in range(rank)]
    while elements(shape) > MOST_ELEMENTS:
        shape[int(rng.integers(rank))] = int(rng.choice((1, 2, 3)))
    if empty and rank > 0 and rng.random() < 0.4:
        shape[int(rng.integers(rank))] = 0
    return shape


def special_values(dtype):
    """What sorts of values deserve a look for this type."""
    if is_float(dtype):
        most, least = LARGEST[dtype], SMALLEST[dtype]
        return [np.nan, np.inf, -np.inf, 0.0, -0.0, most, -most, least, -least, least / 4, 1.0, -1.0, 0.5, 2.5, -2.5]
    if dtype == BOOL:
        return [0, 1]
    info = np.iinfo(dtype)
    values = [info.min, info.max, info.min + 1, info.max - 1, 0, 1, 2, 3]
    return values + ([2**53, 2**53 + 1, -2**53 - 1, 2**40 + 3] if dtype == I64 else [])


def random_values(rng, dtype, shape, special=False):
    """Most often on a coarse grid, where sums and products are exact; else normally distributed."""
    n = elements(shape)
    if dtype == BOOL:
        values = rng.integers(0, 2, n)
    elif is_float(dtype):
        kind = rng.integers(4)
        values = (rng.integers(-16, 17, n) / 4 if kind < 2 else rng.standard_normal(n) if kind == 2
                  else rng.uniform(0.1, 3, n))
    else:
        values = rng.integers(0 if dtype == U8 else -6, 7, n)
    values = np.asarray(values).astype(dtype)
    if special and n > 0:
        chosen = special_values(dtype)
        for i in rng.integers(0, n, max(1, n // 3)):
            values[i] = np.asarray(chosen[int(rng.integers(len(chosen)))]).astype(dtype)
    return values.reshape(shape)


def rounded(values, dtype):
    """Float values held as f64, as `dtype` would hold them."""
    with np.errstate(all="ignore"):
        return values.astype(dtype).astype(F64)
